// How spread out causal attention is.
#pragma once

#include "kernels/torch.h"

namespace rc {

/// Entropy in nats of each row's softmax over its first t + 1 entries:
/// logits [..., T, T] (row t asks, column u answers) -> [..., T]; 0 <= entropy of row t <= log(t +
/// 1).
torch::Tensor causal_entropy(const torch::Tensor& logits);

/// Entropy as a share of log(t + 1), mean over t >= 1 (row 0 has nothing to choose from):
/// 1 is uniform attention, 0 is a single key. Logits are scaled by 1 / sqrt(d_k).
/// `queries` [heads, sequences, T, d_k], `keys` [kv_heads, sequences, T, d_k], both after RoPE;
/// query head h reads key head h * kv_heads / heads -> [heads, sequences] float64.
torch::Tensor attention_entropy(const torch::Tensor& queries, const torch::Tensor& keys);

}  // namespace rc
