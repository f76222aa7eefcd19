// The feed-forward layer with a squared ReLU (So et al. 2021, arXiv:2109.08668).
#pragma once

#include "kernels/products/product.h"
#include "kernels/torch.h"

namespace rc::fused {

/// relu(x up^T)^2 down^T for x [..., d], up [f, d], down [d, f], on the CPU. Blocks of rows go
/// through both products, forward and back: of the wide activations relu(x up^T) alone is kept.
torch::Tensor feed_forward(const torch::Tensor& x, const torch::Tensor& up,
                           const torch::Tensor& down, Factors factors = Factors::kFloat32);

/// x <- relu(x)^2 in place; no gradient.
void square_positive_(torch::Tensor& x);

}  // namespace rc::fused
