// What stands between the projections and the heads, one pass over memory forward and one back.
#pragma once

#include <torch/torch.h>

#include "model/rope.h"

namespace rc::fused {

/// RMSNorm (left out unless `normalise`), the gain and RoPE on each head, and the layout attention
/// wants: x [B, T, H, w] (rows may be strided), gain [w] -> [B, H / group, T, group, w] contiguous,
/// so that the queries of all heads of a group at one position lie one under the other.
torch::Tensor norm_and_rotate(const torch::Tensor& x, const torch::Tensor& gain, const Rope& rope,
                              bool normalise, long group);

}  // namespace rc::fused
