#include "model/foreign/foreign_attention.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "model/microbatches.h"

namespace rc {
namespace {

using torch::Tensor;

/// Llama 3.1's stretching of frequencies f for original_context C: pairs of C f / 2 pi turns below
/// low_turns become f / factor, those above high_turns stay, between them
/// (1 - s) f / factor + s f with s = (turns - low_turns) / (high_turns - low_turns).
Tensor stretched_llama3(const Tensor& f, const RotaryFacts& rotary) {
  const auto turns = f * (rotary.original_context / (2 * std::numbers::pi));
  const auto share =
      ((turns - rotary.low_turns) / (rotary.high_turns - rotary.low_turns)).clamp(0, 1);
  return (1 - share) * f / rotary.factor + share * f;
}

/// [T, T], true where query i (row) does not see key j.
Tensor hidden_keys(long tokens, long window) {
  const auto later = torch::ones({tokens, tokens}, torch::kBool).triu(1);
  if (window == 0 || window >= tokens) return later;
  return later.logical_or(torch::ones({tokens, tokens}, torch::kBool).tril(-window));
}

/// One sequence: q [kv_heads, group * T, d_k], k and v [kv_heads, T, d_k]. Heads that share a key
/// head lie one under the other.
Tensor mix(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& hidden, double scale) {
  auto mixed = torch::empty_like(q);
  const auto tokens = k.size(1), group = q.size(1) / tokens;
  for_pieces(k.size(0), torch::kCPU, [&](std::int64_t head) {
    const torch::NoGradGuard no_grad;
    auto logits = (torch::matmul(q[head], k[head].t()) * scale).reshape({group, tokens, tokens});
    logits.masked_fill_(hidden, -std::numeric_limits<float>::infinity());
    mixed[head].copy_(torch::matmul(torch::softmax(logits, -1), v[head]).flatten(0, 1));
  });
  return mixed;
}

}  // namespace

Tensor changed(Tensor keys, const KeyChange& change) {
  if (change.mask.defined()) keys = keys * change.mask;
  if (change.map.defined()) {
    const auto by_head = keys.flatten(0, 1).transpose(0, 1);  // [kv_heads, B * T, d_k]
    keys = torch::bmm(by_head, change.map.transpose(1, 2)).transpose(0, 1).reshape(keys.sizes());
  }
  if (change.offset.defined()) keys = keys + change.offset;
  return keys;
}

Tensor foreign_norm(const Tensor& x, const Tensor& gain, double epsilon) {
  if (!gain.defined()) return x;
  const auto all =
      gain.dim() == 2 ? std::vector<std::int64_t>{-2, -1} : std::vector<std::int64_t>{-1};
  return x * torch::rsqrt(x.square().mean(all, /*keepdim=*/true) + epsilon) * gain;
}

Tensor rotary_angles(const RotaryFacts& rotary, long d_k) {
  const auto exponents = torch::arange(0, d_k, 2, torch::kFloat32) / static_cast<double>(d_k);
  auto f = 1.0 / torch::pow(static_cast<float>(rotary.base), exponents);
  if (rotary.scaling == RotaryFacts::Scaling::kLinear) f = f / rotary.factor;
  if (rotary.scaling == RotaryFacts::Scaling::kLlama3) f = stretched_llama3(f, rotary);
  return f;
}

Rope foreign_rope(const RotaryFacts& rotary, long d_k, long tokens) {
  const auto angles =
      torch::outer(torch::arange(tokens, torch::kFloat32), rotary_angles(rotary, d_k));
  return {torch::cos(angles), torch::sin(angles)};
}

Tensor foreign_attention(const Tensor& q, const Tensor& k, const Tensor& v, double logit_scale,
                         long window) {
  const auto tokens = q.size(1), heads = q.size(2), d_k = q.size(3), kv_heads = k.size(2);
  const auto hidden = hidden_keys(tokens, window);
  std::vector<Tensor> mixed;
  for (std::int64_t s = 0; s < q.size(0); ++s) {
    const auto rows = q[s].transpose(0, 1).reshape({kv_heads, heads / kv_heads * tokens, d_k});
    const auto read = mix(rows, k[s].transpose(0, 1), v[s].transpose(0, 1), hidden, logit_scale);
    mixed.push_back(read.reshape({heads, tokens, d_k}).transpose(0, 1).flatten(1));
  }
  return torch::stack(mixed);
}

}  // namespace rc
