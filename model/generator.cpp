#include "model/generator.h"

#include <cmath>

#include "kernels/attention/attention.h"
#include "kernels/fused/feed_forward.h"
#include "kernels/fused/qk_norm_rope.h"
#include "kernels/fused/rms_norm.h"

namespace rc {
namespace {

using torch::Tensor;

/// Heads of a contiguous tensor [B, heads, T, width].
kernels::View view_of(const Tensor& x) {
  return {x.data_ptr<float>(), kernels::Element::kFloat32, x.stride(0), x.stride(1), x.stride(2)};
}

/// Rows [first, first + count) of the table.
Rope positions(const Rope& rope, long first, long count) {
  return {rope.cos.narrow(0, first, count), rope.sin.narrow(0, first, count)};
}

}  // namespace

Generator::Generator(const SavedModel& model, long batch, long capacity)
    : model_(model), batch_(batch), capacity_(capacity) {
  const auto& c = model.config;
  for (const auto& layer : model.weights.layers) {
    TORCH_CHECK(!layer.operates_on_keys(), "keys that surgery changes are not generated from");
    ropes_.push_back(make_rope(capacity, layer.rotary_pairs, c.frequencies));
    keys_.push_back(torch::zeros({batch, c.kv_heads, capacity, c.d_k}));
    values_.push_back(torch::zeros({batch, c.kv_heads, capacity, c.d_v}));
  }
}

Tensor Generator::prefill(const Tensor& ids) {
  length_ = 0;
  return read(ids);
}

Tensor Generator::decode(const Tensor& ids) { return read(ids.unsqueeze(1)); }

void Generator::pretend_read(long tokens) {
  TORCH_CHECK(0 <= tokens && tokens <= capacity_, "the caches have no room for so many tokens");
  length_ = tokens;
}

double Generator::cache_bytes() const {
  return static_cast<double>(sizeof(float)) *
         static_cast<double>(model_.config.layers * batch_ * capacity_ * model_.config.kv_floats());
}

Tensor Generator::read(const Tensor& ids) {
  const torch::NoGradGuard no_grad;
  const auto tokens = ids.size(1);
  TORCH_CHECK(ids.size(0) == batch_, "one row of ids a sequence");
  TORCH_CHECK(length_ == 0 || tokens == 1, "a prompt is read into empty caches");
  TORCH_CHECK(length_ + tokens <= capacity_, "the caches are full");
  const auto& w = model_.weights;
  auto x = torch::embedding(w.embedding, ids.flatten()) *
           std::sqrt(static_cast<double>(model_.config.d_model));
  const auto add = [&](const Tensor& delta, const Tensor& gain) {
    const auto both = fused::add_and_norm(x, delta, gain);
    x = both.sum;
    return both.normed;
  };
  auto normed = fused::rms_norm(x, w.layers[0].attention_norm);
  for (std::size_t l = 0; l < w.layers.size(); ++l) {
    const auto& layer = w.layers[l];
    const auto& next = l + 1 == w.layers.size() ? w.final_norm : w.layers[l + 1].attention_norm;
    normed = add(attend(l, normed, tokens), layer.feed_forward_norm);
    auto wide = torch::mm(normed, layer.up.t());
    if (layer.gate.defined())
      wide.mul_(torch::silu(torch::mm(normed, layer.gate.t())));
    else
      fused::square_positive_(wide);
    normed = add(torch::mm(wide, layer.down.t()), next);
  }
  length_ += tokens;
  const auto last = normed.reshape({batch_, tokens, -1}).select(1, tokens - 1);
  return torch::mm(last, w.embedding.t());
}

Tensor Generator::attend(std::size_t l, const Tensor& normed, long tokens) {
  const auto& c = model_.config;
  const auto& w = model_.weights.layers[l];
  const auto qkv_rows = c.q_rows() + c.k_rows() + c.v_rows();
  const auto qkv = torch::mm(normed, w.qkvo.narrow(0, 0, qkv_rows).t());
  const auto heads = [&](long first, long count, long width) {
    return qkv.narrow(1, first, count * width).reshape({batch_, tokens, count, width});
  };
  const auto turned = [&](const Tensor& x, const Tensor& gain) {
    const auto rope = positions(ropes_[l], length_, tokens);
    return fused::qk_norm_rope(x, gain, rope, c.qk_norm, 1).rows.squeeze(3);  // [B, heads, T, d_k]
  };
  const auto q = turned(heads(0, c.heads, c.d_k), query_gain(w, c));
  keys_[l].narrow(2, length_, tokens).copy_(turned(heads(c.q_rows(), c.kv_heads, c.d_k), w.gain_k));
  const auto v = heads(c.q_rows() + c.k_rows(), c.kv_heads, c.d_v);
  values_[l].narrow(2, length_, tokens).copy_(v.transpose(1, 2));

  const kernels::Shape shape{
      batch_, c.heads, c.kv_heads, tokens, c.d_k, c.d_v, static_cast<float>(1 / std::sqrt(c.d_k))};
  auto mixed = torch::empty({batch_, c.heads, tokens, c.d_v});
  auto* out = mixed.data_ptr<float>();
  const int threads = at::get_num_threads();
  if (length_ == 0) {
    kernels::prefill(shape, view_of(q), view_of(keys_[l]), view_of(values_[l]), /*causal=*/true,
                     out, threads);
  } else {
    const std::vector<std::int64_t> lengths(static_cast<std::size_t>(batch_), length_ + 1);
    kernels::decode(shape, view_of(q), view_of(keys_[l]), view_of(values_[l]), lengths.data(), out,
                    threads);
  }
  const auto output = w.qkvo.narrow(0, qkv_rows, c.d_model).narrow(1, 0, c.mixed());
  return torch::mm(mixed.transpose(1, 2).reshape({-1, c.mixed()}), output.t());
}

}  // namespace rc
