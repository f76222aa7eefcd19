// Causal attention by tiles: nothing of size [T, T] is kept, keys of a group are not repeated.
#pragma once

#include <torch/torch.h>

namespace rc::fused {

/// softmax(q k^T / sqrt(w)) v over the past, on the CPU, for q [B, Hkv, T, group, w]
/// (norm_and_rotate's layout), k [B, Hkv, T, w], v [B, Hkv, T, dv]. Returns [B, Hkv, T, group, dv].
/// Shares are computed again in backward from the row's log-sum-exp (Dao et al. 2022,
/// arXiv:2205.14135).
torch::Tensor causal_attention(const torch::Tensor& q, const torch::Tensor& k,
                               const torch::Tensor& v);

}  // namespace rc::fused
