// RMSNorm of the residual stream, one pass over memory forward and one back.
#pragma once

#include "kernels/torch.h"

namespace rc::fused {

/// x / sqrt(mean(x^2) + 1e-6) * gain over the last dimension; x [..., n], gain [n], on the CPU.
torch::Tensor rms_norm(const torch::Tensor& x, const torch::Tensor& gain);

/// The stream after a layer and its norm: x + delta and rms_norm(x + delta, gain), x and delta of
/// one shape.
struct AddedAndNormed {
  torch::Tensor sum, normed;
};
AddedAndNormed add_and_norm(const torch::Tensor& x, const torch::Tensor& delta,
                            const torch::Tensor& gain);

}  // namespace rc::fused
