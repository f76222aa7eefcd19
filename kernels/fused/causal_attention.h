// Causal attention by tiles: nothing of size [T, T] is kept, keys of a group are not repeated.
#pragma once

#include "kernels/torch.h"

namespace rc::fused {

struct Attended {
  torch::Tensor out;  // [B, Hkv, T, group, dv]
  torch::Tensor lse;  // log-sum-exp of each row of logits
};

/// softmax(q k^T / sqrt(w)) v over the past, on the CPU, for q [B, Hkv, T, group, w]
/// (qk_norm_rope's layout), k [B, Hkv, T, w], v [B, Hkv, T, dv] with any strides. Outside
/// autograd.
Attended causal_attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

/// Gradients by q and k, shaped as these; that by v is written to d_v, which may be strided. Shares
/// are computed again from the log-sum-exp (Dao et al. 2022, arXiv:2205.14135). d_out contiguous.
struct AttentionGradients {
  torch::Tensor q, k;
};
AttentionGradients causal_attention_back(const torch::Tensor& d_out, const torch::Tensor& q,
                                         const torch::Tensor& k, const torch::Tensor& v,
                                         const Attended& attended, torch::Tensor d_v);

}  // namespace rc::fused
