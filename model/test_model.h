// A small model to operate on, for tests.
#pragma once

#include "model/batches.h"
#include "model/weights.h"

namespace rc {

inline ModelConfig tiny_config() {
  ModelConfig c;
  c.layers = 2, c.d_model = 16, c.heads = 2, c.kv_heads = 1, c.d_k = 8, c.d_v = 8, c.d_ff = 24;
  c.context = 12, c.vocabulary = 20, c.frequencies = {8, 10000};
  return c;
}

/// Gains of layer 0: sizes in the order 4 7 2 6 0 5 3 1; layer 1 twice as large, in index order.
inline SavedModel tiny_model() {
  auto w = initial_weights(tiny_config(), 0, 0.3);
  w.layers[0].gain_k = torch::tensor({1.0f, -3.0f, 0.5f, 2.0f, 0.1f, 1.5f, 0.7f, -0.2f});
  w.layers[1].gain_k = torch::arange(1, 9, torch::kFloat32);
  return {tiny_config(), w};
}

inline Batch tiny_batch() {
  return fixed_batch(torch::arange(60, torch::kInt32) * 7 % 20, 3, 12, false, "x");
}

}  // namespace rc
