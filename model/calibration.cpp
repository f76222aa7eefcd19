#include "model/calibration.h"

#include <cmath>

#include "model/evaluate.h"

namespace rc {
namespace {

using torch::Tensor;

/// Key head of every query head, so that shapes agree: [B, kv_heads, ...] -> [B, heads, ...].
Tensor for_query_heads(const Tensor& keys, const Tensor& queries) {
  return keys.repeat_interleave(queries.size(1) / keys.size(1), 1);
}

/// Mean over tokens of root(mean of x^2 over `kept`) for x of root mean square 1.
double share_of_norm(const Tensor& normalised, const Tensor& gain, const Tensor& kept) {
  // A gain of exactly 0 hides what it multiplied; such a dimension counts as average.
  const auto seen = gain != 0;
  const auto plain =
      torch::where(seen, normalised / torch::where(seen, gain, torch::ones_like(gain)),
                   torch::ones_like(normalised));
  return plain.index_select(-1, kept).square().mean(-1).sqrt().mean().item<double>();
}

}  // namespace

Calibration calibrate(const Transformer& model, const Tensor& ids) {
  const torch::NoGradGuard no_grad;
  const auto taps = tap_sequences(model, ids);
  const auto& c = model.config();
  Calibration calibration;
  calibration.query_factor = c.query_factor();
  for (std::size_t l = 0; l < taps.q.size(); ++l) {
    calibration.q.push_back(taps.q[l].transpose(1, 2).contiguous());
    calibration.k.push_back(taps.k[l].transpose(1, 2).contiguous());
    calibration.ropes.push_back(make_rope(ids.size(1), model.weights.layers[l].rotary_pairs,
                                          c.frequencies, model.device()));
  }
  return calibration;
}

Tensor mean_key(const Calibration& calibration, std::size_t layer) {
  return calibration.k[layer].mean(std::vector<std::int64_t>{0, 2});
}

Tensor think_score(const Calibration& calibration, std::size_t layer) {
  const auto energy = [&](const Tensor& x) {
    return apply_rope(x, calibration.ropes[layer])
        .square()
        .mean(std::vector<std::int64_t>{0, 2}, /*keepdim=*/true);
  };
  const auto queries = energy(calibration.q[layer]);
  return (queries * for_query_heads(energy(calibration.k[layer]), queries)).mean(1).flatten();
}

double logit_deviation(const Calibration& calibration, std::size_t layer, const Tensor& mask) {
  const auto& q = calibration.q[layer];
  const auto turned_q = apply_rope(q, calibration.ropes[layer]);
  const auto turned_k = apply_rope(calibration.k[layer] * mask, calibration.ropes[layer]);
  const auto tokens = q.size(2);
  const auto past = torch::ones({tokens, tokens}, q.options()).tril();
  const auto seen = past.sum(1);
  double sum = 0;
  // A sequence at a time: all logits of a long context would be gigabytes.
  for (std::int64_t s = 0; s < q.size(0); ++s) {
    const auto keys = turned_k[s].repeat_interleave(q.size(1) / turned_k.size(1), 0);
    const auto logits = turned_q[s].matmul(keys.transpose(1, 2)) * past;
    const auto mean = logits.sum(2) / seen;
    const auto variance = logits.square().sum(2) / seen - mean.square();
    sum += variance.narrow(1, 1, tokens - 1).mean().item<double>();  // the first row has one logit
  }
  const auto sequences = static_cast<double>(q.size(0));
  return std::sqrt(sum / sequences / static_cast<double>(q.size(3)));
}

NormCorrection norm_correction(const Calibration& calibration, std::size_t layer,
                               const LayerWeights& weights, const std::vector<long>& kept) {
  const auto index = torch::tensor(kept, torch::kInt64).to(weights.gain_k.device());
  return {share_of_norm(calibration.q[layer] / calibration.query_factor, weights.gain_q, index),
          share_of_norm(calibration.k[layer], weights.gain_k, index)};
}

}  // namespace rc
