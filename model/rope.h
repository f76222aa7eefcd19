// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), interleaved pairs (2i, 2i+1).
#pragma once

#include <torch/torch.h>

namespace rc {

/// cos and sin of the angle t * base^(-2i/d_k), each [context, d_k/2] float32.
struct Rope {
  torch::Tensor cos;
  torch::Tensor sin;
};

Rope make_rope(long context, long d_k, double base, torch::Device device = torch::kCPU);

/// Turns each pair of x [..., T, d_k] by the angle of its position, T <= context:
/// (a, b) -> (a cos - b sin, a sin + b cos). Lengths do not change.
torch::Tensor apply_rope(const torch::Tensor& x, const Rope& rope);

}  // namespace rc
