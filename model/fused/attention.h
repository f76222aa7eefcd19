// Causal attention by tiles: nothing of size [T, T] is kept, keys of a group are not repeated.
#pragma once

#include <torch/torch.h>

namespace rc::fused {

/// softmax(q k^T / sqrt(w)) v over the past for q [B, H, T, w], k [B, Hkv, T, w], v [B, Hkv, T, dv] on the
/// CPU; query head h reads key head h / (H / Hkv). Returns [B, H, T, dv]. Shares are computed again in
/// backward from the row's log-sum-exp (Dao et al. 2022, arXiv:2205.14135).
torch::Tensor causal_attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

}  // namespace rc::fused
