// A linear layer whose threads never wait for one another.
#pragma once

#include "kernels/products/product.h"
#include "kernels/torch.h"

namespace rc::fused {

/// x weight^T for x [..., in], weight [out, in], on the CPU. Each thread multiplies rows of its
/// own: OpenBLAS's threads share packed panels instead, and at the sizes of this model they spend a
/// third of the time waiting for each other.
torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight,
                     Factors factors = Factors::kFloat32);

}  // namespace rc::fused
