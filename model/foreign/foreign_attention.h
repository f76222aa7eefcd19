// Attention of the implemented families, from projections to mixed values.
#pragma once

#include "kernels/fused/rope.h"
#include "kernels/torch.h"
#include "model/foreign/foreign_config.h"
#include "model/foreign/foreign_weights.h"

namespace rc {

/// A change to the keys of a layer, after their norm and before RoPE, for key head h:
/// k' = map[h] (mask[h] * k) + offset[h]. What is undefined changes nothing.
struct KeyChange {
  torch::Tensor mask;    // [kv_heads, d_k]: times the gain of each dimension
  torch::Tensor map;     // [kv_heads, d_k, d_k], row i makes dimension i
  torch::Tensor offset;  // [kv_heads, d_k]
};

/// Keys [B, T, kv_heads, d_k] after the change.
torch::Tensor changed(torch::Tensor keys, const KeyChange& change);

/// x / sqrt(mean(x^2) + epsilon) * gain (Zhang & Sennrich 2019), the mean taken over as many last
/// dimensions as `gain` has. As x is where the gain is undefined.
torch::Tensor foreign_norm(const torch::Tensor& x, const torch::Tensor& gain, double epsilon);

/// Radians a token by which each rotary pair turns, [d_k / 2] float32.
torch::Tensor rotary_angles(const RotaryFacts& rotary, long d_k);

/// cos and sin for positions 0, ..., tokens - 1. Frequencies and angles are rounded to float32 as
/// in the families' own code: at position 10000 the rounding of an angle shows in the fourth digit.
Rope foreign_rope(const RotaryFacts& rotary, long d_k, long tokens);

/// What heads read: q, turned, [B, T, heads, d_k], k, turned, and v [B, T, kv_heads, d_k] give
/// [B, T, heads * d_k]. Logits are taken for one sequence at a time. `window` as in LayerFacts.
torch::Tensor foreign_attention(const torch::Tensor& q, const torch::Tensor& k,
                                const torch::Tensor& v, double logit_scale, long window);

}  // namespace rc
