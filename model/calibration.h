// What surgery has to know of a model's queries and keys before anything is cut.
#pragma once

#include <vector>

#include "kernels/torch.h"
#include "model/compact.h"
#include "model/transformer.h"

namespace rc {

/// Queries and keys of some training text, a layer each, as taps hold them (model/transformer.h).
/// Training text, so that nothing is fitted to the sequences the loss is taken over.
struct Calibration {
  std::vector<torch::Tensor> q;  // [B, heads, T, d_k]
  std::vector<torch::Tensor> k;  // [B, kv_heads, T, d_k]
  std::vector<Rope> ropes;
  double query_factor = 1;  // that the queries hold beside their gain
};

Calibration calibrate(const Transformer& model, const torch::Tensor& ids);

/// Mean key over tokens, [kv_heads, d_k].
torch::Tensor mean_key(const Calibration& calibration, std::size_t layer);

/// E[q^2] E[k^2] of every dimension after RoPE, mean over query heads and the key heads they read:
/// [d_k]. The score of ThinK (Xu et al. 2024, arXiv:2407.21018).
torch::Tensor think_score(const Calibration& calibration, std::size_t layer);

/// Standard deviation of the attention logits of a row of the softmax, root mean square over rows
/// and heads, were the keys multiplied by `mask` [d_k]. Within rows: what a row has in common the
/// softmax does not see.
double logit_deviation(const Calibration& calibration, std::size_t layer,
                       const torch::Tensor& mask);

/// Root mean square of the dimensions kept over that of all, before the gains, mean over tokens and
/// heads; what RMSNorm over the survivors alone has to be multiplied by (model/compact.h).
NormCorrection norm_correction(const Calibration& calibration, std::size_t layer,
                               const LayerWeights& weights, const std::vector<long>& kept);

}  // namespace rc
