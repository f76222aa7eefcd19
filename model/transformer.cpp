#include "model/transformer.h"

#include <cmath>
#include <limits>

#include "kernels/fused/attention_block.h"
#include "kernels/fused/cross_entropy.h"
#include "kernels/fused/feed_forward.h"
#include "kernels/fused/linear.h"
#include "kernels/fused/rms_norm.h"
#include "pipeline/error.h"

namespace rc {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-6;

/// [B, T, H * w] -> [B, T, H, w]
Tensor split_heads(const Tensor& x, long heads) {
  return x.reshape({x.size(0), x.size(1), heads, x.size(2) / heads});
}

/// [tokens, tokens]: 0 on and below the diagonal, -inf above.
Tensor causal_mask(std::int64_t tokens, torch::Device device) {
  const auto infinity = std::numeric_limits<float>::infinity();
  return torch::full({tokens, tokens}, -infinity, device).triu(1);
}

}  // namespace

Precision precision_named(const std::string& name, torch::Device device) {
  if (name == "f32") return Precision::kFloat32;
  if (name == "bf16") return Precision::kBFloat16;
  if (name != "auto") throw UserError("train.precision = " + name + " is none of auto, f32, bf16");
  const bool faster = device.is_cuda() || fused::multiplies_bfloat16();
  return faster ? Precision::kBFloat16 : Precision::kFloat32;
}

std::string to_string(Precision precision) {
  return precision == Precision::kBFloat16 ? "bf16" : "f32";
}

Operations operations_named(const std::string& name, torch::Device device, Precision precision) {
  if (name != "fused" && name != "reference")
    throw UserError("model.operations = " + name + " is none of fused, reference");
  // LibTorch rounds to bfloat16 faster than oneDNN does without the instructions.
  const bool served = precision == Precision::kFloat32 || fused::multiplies_bfloat16();
  return name == "fused" && device.is_cpu() && served ? Operations::kFused : Operations::kReference;
}

Tensor rms_norm(const Tensor& x, const Tensor& gain) {
  return x * torch::rsqrt(x.square().mean(-1, /*keepdim=*/true) + kEpsilon) * gain;
}

Tensor causal_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask) {
  const auto batch = q.size(0), heads = q.size(1), tokens = q.size(2), width = q.size(3);
  const auto kv_heads = k.size(1), group = heads / kv_heads;
  // The queries of a group lie one under the other, so one product serves them all.
  const auto rows = q.reshape({batch * kv_heads, group * tokens, width});
  const auto keys = k.reshape({batch * kv_heads, tokens, width});
  const auto values = v.reshape({batch * kv_heads, tokens, v.size(3)});
  const auto above = mask.narrow(0, 0, tokens).narrow(1, 0, tokens).repeat({group, 1});
  const double scale = 1.0 / std::sqrt(static_cast<double>(width));
  const auto scores =
      torch::baddbmm(above.to(q.scalar_type()), rows, keys.transpose(1, 2), 1.0, scale);
  const auto shares = torch::softmax(scores, -1);
  return torch::bmm(shares, values).reshape({batch, heads, tokens, v.size(3)});
}

Transformer::Transformer(ModelConfig config, Weights initial, torch::Device device,
                         Precision precision, Operations operations)
    : weights(initial.to(device)),
      config_(config),
      device_(device),
      precision_(precision),
      operations_(operations) {
  for (const auto& layer : weights.layers)
    ropes_.push_back(make_rope(config.context, layer.rotary_pairs, config.frequencies, device));
}

fused::Factors Transformer::factors() const {
  return precision_ == Precision::kBFloat16 ? fused::Factors::kBFloat16 : fused::Factors::kFloat32;
}

Tensor Transformer::product(const Tensor& x, const Tensor& weight) const {
  if (operations_ == Operations::kFused) return fused::linear(x, weight, factors());
  if (precision_ == Precision::kFloat32) return torch::matmul(x, weight.t());
  const auto narrow = torch::kBFloat16;
  return torch::matmul(x.to(narrow), weight.to(narrow).t()).to(x.scalar_type());
}

Tensor Transformer::norm(const Tensor& x, const Tensor& gain) const {
  return operations_ == Operations::kFused ? fused::rms_norm(x, gain) : rms_norm(x, gain);
}

Tensor Transformer::add_and_norm(Tensor& x, const Tensor& delta, const Tensor& gain) const {
  if (operations_ == Operations::kFused) {
    const auto both = fused::add_and_norm(x, delta, gain);
    x = both.sum;
    return both.normed;
  }
  x = x + delta;
  return rms_norm(x, gain);
}

Tensor Transformer::mix_reference(const Tensor& qkv, const LayerWeights& w, const Rope& rope,
                                  Taps* taps) const {
  const auto& c = config_;
  const auto parts = qkv.split_with_sizes({c.q_rows(), c.k_rows(), c.v_rows()}, -1);
  auto q = split_heads(parts[0], c.heads), k = split_heads(parts[1], c.kv_heads);
  const auto v = split_heads(parts[2], c.kv_heads);
  // Without QK-norm the gains still multiply: surgery zeroes them in every arm.
  const auto gain_q = query_gain(w, c);
  q = config_.qk_norm ? rms_norm(q, gain_q) : q * gain_q;
  k = config_.qk_norm ? rms_norm(k, w.gain_k) : k * w.gain_k;
  if (w.key_map.defined()) k = torch::einsum("bthj,hij->bthi", {k, w.key_map});
  if (w.key_offset.defined()) k = k + w.key_offset;
  if (taps) {
    taps->q.push_back(q);
    taps->k.push_back(k);
  }
  const auto type = precision_ == Precision::kBFloat16 ? torch::kBFloat16 : q.scalar_type();
  const auto turned_q = apply_rope(q.transpose(1, 2), rope).to(type);
  const auto turned_k = apply_rope(k.transpose(1, 2), rope).to(type);
  return causal_attention(turned_q, turned_k, v.transpose(1, 2).to(type),
                          causal_mask(qkv.size(1), device_))
      .transpose(1, 2)
      .flatten(2);
}

Tensor Transformer::mix_uniform(const Tensor& v) const {
  const auto seen = torch::arange(1, v.size(1) + 1, v.options()).unsqueeze(1);
  const auto means = split_heads(v.cumsum(1) / seen, config_.kv_heads);
  return means.repeat_interleave(config_.group(), 2).flatten(2);
}

Tensor Transformer::mix(const Tensor& qkv, const LayerWeights& w, const Rope& rope,
                        Taps* taps) const {
  const auto& c = config_;
  if (c.uniform_attention) return mix_uniform(qkv);
  // The fused path never holds what taps and surgery are about: keys normalised and not yet turned.
  const bool fused = operations_ == Operations::kFused && !taps && !w.operates_on_keys();
  return fused ? fused::attention_block(qkv, query_gain(w, c), w.gain_k, rope,
                                        {c.heads, c.kv_heads, c.d_k, c.d_v, c.qk_norm})
               : mix_reference(qkv, w, rope, taps);
}

Tensor Transformer::attention(const Tensor& x, const LayerWeights& w, const Rope& rope,
                              Taps* taps) const {
  const auto& c = config_;
  const auto qkv_rows = c.q_rows() + c.k_rows() + c.v_rows();
  const auto mixed = mix(product(x, w.qkvo.narrow(0, 0, qkv_rows)), w, rope, taps);
  const auto output = w.qkvo.narrow(0, qkv_rows, c.d_model).narrow(1, 0, c.mixed());
  return product(mixed.to(x.scalar_type()), output);
}

Tensor Transformer::feed_forward(const Tensor& x, const LayerWeights& w) const {
  if (w.gate.defined()) return product(torch::silu(product(x, w.gate)) * product(x, w.up), w.down);
  if (operations_ == Operations::kFused) return fused::feed_forward(x, w.up, w.down, factors());
  return product(torch::relu(product(x, w.up)).square(), w.down);
}

Tensor Transformer::embedded(const Tensor& ids) const {
  TORCH_CHECK(ids.size(1) <= config_.context, "sequence longer than the context");
  return torch::embedding(weights.embedding, ids) * std::sqrt(static_cast<double>(config_.d_model));
}

Tensor Transformer::pass(Tensor& x, std::size_t from, std::size_t to, Taps* taps) const {
  const auto& layers = weights.layers;
  const auto norm_before = [&](std::size_t l) -> const Tensor& {
    return l < layers.size() ? layers[l].attention_norm : weights.final_norm;
  };
  auto normed = norm(x, norm_before(from));
  for (std::size_t l = from; l < to; ++l) {
    const auto& w = layers[l];
    if (taps) taps->stream.push_back(normed);
    normed = add_and_norm(x, attention(normed, w, ropes_[l], taps), w.feed_forward_norm);
    normed = add_and_norm(x, feed_forward(normed, w), norm_before(l + 1));
  }
  return normed;
}

Tensor Transformer::hidden(const Tensor& ids, Taps* taps) const {
  auto x = embedded(ids);
  return pass(x, 0, weights.layers.size(), taps);
}

Tensor Transformer::stream_below(std::size_t depth, const Tensor& ids) const {
  auto x = embedded(ids);
  pass(x, 0, depth, nullptr);
  return x;
}

Tensor Transformer::logits(const Tensor& ids) const {
  return product(hidden(ids), weights.embedding);
}

Tensor Transformer::losses_of(const Tensor& hidden, const Tensor& labels) const {
  const auto rows = hidden.flatten(0, 1);
  if (operations_ == Operations::kFused)
    return fused::cross_entropy(rows, weights.embedding, labels.flatten(), factors())
        .reshape(labels.sizes());
  return at::cross_entropy_loss(product(rows, weights.embedding), labels.flatten(), {},
                                at::Reduction::None)
      .reshape(labels.sizes());
}

Tensor Transformer::token_losses(const Tensor& ids, const Tensor& labels) const {
  return losses_of(hidden(ids), labels);
}

Tensor Transformer::token_losses_above(std::size_t depth, Tensor stream,
                                       const Tensor& labels) const {
  return losses_of(pass(stream, depth, weights.layers.size(), nullptr), labels);
}

}  // namespace rc
