// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), interleaved pairs (2i, 2i+1).
#pragma once

#include "kernels/torch.h"

namespace rc {

/// cos and sin of the angle at which position t turns each pair, [context, pairs] float32.
struct Rope {
  torch::Tensor cos;
  torch::Tensor sin;
};

/// The frequencies a model has: base^(-2s/width) for the steps s = 0, ..., width/2 - 1.
struct RopeFrequencies {
  long width = 0;  // d_k of the model as it was trained
  double base = 10000;
};

/// Pair i turns at step steps[i] of the frequencies; steps [pairs] int64. A model that lost pairs
/// keeps the steps of those it has left.
Rope make_rope(long context, const torch::Tensor& steps, const RopeFrequencies& frequencies,
               torch::Device device = torch::kCPU);

/// Pair i turns by angles[i] radians a token; angles [pairs] float64.
Rope make_rope(long context, const torch::Tensor& angles, torch::Device device = torch::kCPU);

/// The usual table: pair i turns at step i of frequencies as wide as the keys.
Rope make_rope(long context, long d_k, double base, torch::Device device = torch::kCPU);

/// Turns each pair of x [..., T, d_k] by the angle of its position, T <= context:
/// (a, b) -> (a cos - b sin, a sin + b cos). Lengths do not change.
torch::Tensor apply_rope(const torch::Tensor& x, const Rope& rope);

}  // namespace rc
