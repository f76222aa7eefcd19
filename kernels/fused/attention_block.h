// Attention from the projections to what the heads read, as one operation of autograd.
#pragma once

#include "kernels/fused/rope.h"
#include "kernels/torch.h"

namespace rc::fused {

/// How the projections lie side by side: heads * d_k queries, kv_heads * d_k keys, kv_heads * d_v
/// values.
struct HeadShape {
  long heads, kv_heads, d_k, d_v;
  bool normalise;  // QK-norm
};

/// Causal attention over qkv [B, T, all of these], contiguous, with gains [d_k]: returns [B, T,
/// heads * d_v]. One operation, as backward then writes every gradient where it belongs in that of
/// qkv.
torch::Tensor attention_block(const torch::Tensor& qkv, const torch::Tensor& gain_q,
                              const torch::Tensor& gain_k, const Rope& rope,
                              const HeadShape& shape);

}  // namespace rc::fused
