// What stands between the projections and the heads, one pass over memory forward and one back.
#pragma once

#include "kernels/fused/rope.h"
#include "kernels/torch.h"

namespace rc::fused {

/// Heads as attention wants them.
struct TurnedHeads {
  torch::Tensor rows;     // [B, H / group, T, group, w] contiguous
  torch::Tensor inverse;  // 1 / rms of each row; 1 where nothing is normalised
};

/// RMSNorm (left out unless `normalise`), the gain and RoPE on each head, and a layout in which the
/// queries of all heads of a group at one position lie one under the other: x [B, T, H, w] (rows
/// may be strided), gain [w]. Outside autograd.
TurnedHeads qk_norm_rope(const torch::Tensor& x, const torch::Tensor& gain, const Rope& rope,
                         bool normalise, long group);

/// The way back: from d_rows, shaped as the rows, to d_x [B, T, H, w], which is written and may be
/// strided, and to the gain's gradient, which is returned.
torch::Tensor qk_norm_rope_back(const torch::Tensor& d_rows, const torch::Tensor& x,
                                const torch::Tensor& gain, const torch::Tensor& inverse,
                                const Rope& rope, bool normalise, const torch::Tensor& d_x);

}  // namespace rc::fused
