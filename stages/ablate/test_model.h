// A small model with what surgery knows of it, for tests.
#pragma once

#include "model/test_model.h"
#include "stages/ablate/orders.h"

namespace rc {

/// A TrainedModel refers to both.
struct TinyModel {
  SavedModel model = tiny_model();
  Calibration calibration =
      calibrate(Transformer(model.config, model.weights, torch::kCPU), tiny_batch().ids);
  TrainedModel trained() const { return {model, calibration, 0}; }
};

}  // namespace rc
