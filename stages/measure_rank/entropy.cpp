#include "stages/measure_rank/entropy.h"

#include <cmath>
#include <limits>

namespace rc {

torch::Tensor causal_entropy(const torch::Tensor& logits) {
  const auto future = torch::ones_like(logits, torch::kBool).triu(1);
  const auto past = logits.masked_fill(future, -std::numeric_limits<double>::infinity());
  const auto probability = torch::softmax(past, -1);
  // H = log sum exp(s) - sum p s; p is exactly 0 in the future, where `logits` is still finite.
  return (torch::logsumexp(past, -1) - (probability * logits).sum(-1)).clamp_min(0);
}

torch::Tensor attention_entropy(const torch::Tensor& queries, const torch::Tensor& keys) {
  const auto heads = queries.size(0), sequences = queries.size(1), tokens = queries.size(2);
  const auto group = heads / keys.size(0);
  const double scale = 1 / std::sqrt(static_cast<double>(queries.size(3)));
  const auto most = torch::arange(2, tokens + 1, queries.options()).log();  // log(t + 1), t >= 1
  auto share = torch::empty({heads, sequences}, torch::kFloat64);
  // One matrix [T, T] at a time: all of them at context 2048 would be gigabytes.
  for (int64_t h = 0; h < heads; ++h)
    for (int64_t s = 0; s < sequences; ++s) {
      const auto logits = queries[h][s].matmul(keys[h / group][s].t()) * scale;
      share[h][s] = (causal_entropy(logits).narrow(0, 1, tokens - 1) / most).mean();
    }
  return share;
}

}  // namespace rc
