// A cut model trained on, beside the whole one trained as long (claim C7).
#pragma once

#include <functional>
#include <vector>

#include "model/batches.h"
#include "model/compact.h"
#include "model/transformer.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// The cut that claim C7 is about, % of the rotary pairs of each layer.
inline constexpr long kHealedPercent = 50;

/// How a trained model is cut and trained on.
struct HealingPlan {
  const Settings& settings;  // of the training
  std::uint64_t seed = 0;
  torch::Device device = torch::kCPU;
  Precision precision = Precision::kFloat32;  // of the training; losses are taken in float32
  long percent = kHealedPercent;              // of the pairs that go
  long first_step = 0;                        // steps that the model has behind it
  long steps = 0;                             // that follow
  /// The batch of a step, counted from 0 over the whole run: the order of data goes on.
  std::function<Batch(long step)> batch;
  Batch validation;
  torch::Tensor calibration;  // [B, T] ids of training text
  /// Called after each step of either model.
  std::function<void(const char* model, double loss)> tick;
};

/// What became of both. Losses are those of the validation sequences, nats a token; the training
/// losses are a step's each.
struct Healing {
  long d_k = 0, cut_d_k = 0;
  std::vector<double> before, cut;    // the whole model and the cut one, before any further step
  std::vector<double> whole, healed;  // the same after it
  std::vector<double> whole_training, healed_training;
};

/// The model without `percent` of the rotary pairs of each layer, those of smallest key gain; its
/// keys are narrower for good, its norms corrected by what the survivors make of them on the text
/// `ids`. With nothing to cut, the model as it is.
SavedModel without_pairs(const SavedModel& model, const Transformer& whole,
                         const torch::Tensor& ids, long percent);

/// Cuts the model, then trains the cut and the whole one over the same batches with optimizers that
/// start afresh. `model` stays as it is.
Healing heal(const SavedModel& model, const HealingPlan& plan);

}  // namespace rc
