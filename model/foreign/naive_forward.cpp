#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "model/foreign/checkpoint.h"
#include "model/foreign/tiny_checkpoint.h"

namespace rc {
namespace {

using Row = std::vector<double>;
using Rows = std::vector<Row>;  // [T][width]

class Naive {
 public:
  Naive(const Checkpoint& checkpoint, const ForeignConfig& config)
      : checkpoint_(checkpoint), c_(config) {}

  /// Logits [T][vocabulary] of one sequence; queries and keys [layer][T][heads * d_k].
  Rows forward(const std::vector<long>& ids, std::vector<Rows>& queries, std::vector<Rows>& keys) {
    const auto embedding = floats("embed_tokens.weight", {c_.vocabulary, c_.d_model});
    Rows x;
    for (const long id : ids) {
      Row row;
      for (long i = 0; i < c_.d_model; ++i)
        row.push_back(embedding[id * c_.d_model + i] * c_.embedding_scale);
      x.push_back(row);
    }
    for (std::size_t l = 0; l < c_.layers.size(); ++l) x = block(l, x, queries, keys);
    const auto final_norm = floats("norm.weight", {c_.d_model});
    for (auto& row : x) row = normed(row, final_norm, c_.d_model);
    return product(x, c_.tied ? "embed_tokens" : "lm_head", c_.vocabulary, false);
  }

 private:
  std::vector<float> floats(const std::string& name, std::vector<std::int64_t> shape) const {
    return to_floats(checkpoint_.at({name, std::move(shape)}));
  }

  Rows product(const Rows& x, const std::string& name, long out, bool bias) const {
    const long in = static_cast<long>(x[0].size());
    const auto w = floats(name + ".weight", {out, in});
    const auto b = bias ? floats(name + ".bias", {out}) : std::vector<float>(out, 0);
    Rows y;
    for (const auto& row : x) {
      Row sums(b.begin(), b.end());
      for (long o = 0; o < out; ++o)
        for (long i = 0; i < in; ++i) sums[o] += row[i] * w[o * in + i];
      y.push_back(sums);
    }
    return y;
  }

  /// RMSNorm over stretches of `width` numbers; `gain` is as long as the row or as a stretch.
  Row normed(const Row& row, const std::vector<float>& gain, std::size_t width) const {
    Row out;
    for (std::size_t start = 0; start < row.size(); start += width) {
      double squares = 0;
      for (std::size_t i = start; i < start + width; ++i) squares += row[i] * row[i];
      const double size = std::sqrt(squares / static_cast<double>(width) + c_.epsilon);
      for (std::size_t i = start; i < start + width; ++i)
        out.push_back(row[i] / size * (c_.block.gain_offset + gain[i % gain.size()]));
    }
    return out;
  }

  Rows norm_layer(const Rows& x, const std::string& name) const {
    const auto gain = floats(name + ".weight", {c_.d_model});
    Rows y;
    for (const auto& row : x) y.push_back(normed(row, gain, c_.d_model));
    return y;
  }

  void norm_heads(Rows& x, const std::string& name) const {
    if (c_.block.qk_norm == QkNorm::kNone) return;
    const long all = static_cast<long>(x[0].size());
    const long width = c_.block.qk_norm == QkNorm::kFullWidth ? all : c_.d_k;
    const auto gain = floats(name + ".weight", {width});
    for (auto& row : x) row = normed(row, gain, width);
  }

  double frequency(const RotaryFacts& rotary, long pair) const {
    const double f =
        std::pow(rotary.base, -2.0 * static_cast<double>(pair) / static_cast<double>(c_.d_k));
    if (rotary.scaling == RotaryFacts::Scaling::kNone) return f;
    if (rotary.scaling == RotaryFacts::Scaling::kLinear) return f / rotary.factor;
    const double wavelength = 2 * std::numbers::pi / f;
    if (wavelength < rotary.original_context / rotary.high_turns) return f;
    if (wavelength > rotary.original_context / rotary.low_turns) return f / rotary.factor;
    const double smooth = (rotary.original_context / wavelength - rotary.low_turns) /
                          (rotary.high_turns - rotary.low_turns);
    return (1 - smooth) * f / rotary.factor + smooth * f;
  }

  Rows turned(Rows x, const RotaryFacts& rotary) const {
    for (std::size_t t = 0; t < x.size(); ++t)
      for (std::size_t head = 0; head < x[t].size(); head += c_.d_k)
        for (long i = 0; i < c_.d_k / 2; ++i) {
          const double angle = static_cast<double>(t) * frequency(rotary, i);
          double &a = x[t][head + i], &b = x[t][head + i + c_.d_k / 2];
          const double turned_a = a * std::cos(angle) - b * std::sin(angle);
          b = b * std::cos(angle) + a * std::sin(angle);
          a = turned_a;
        }
    return x;
  }

  Row mixed(const Rows& q, const Rows& k, const Rows& v, std::size_t t, long window) const {
    Row out;
    for (long h = 0; h < c_.heads; ++h) {
      const long kv = h / (c_.heads / c_.kv_heads);
      Row sum(c_.d_k, 0.0);
      double total = 0;
      for (std::size_t j = 0; j <= t; ++j) {
        if (window > 0 && static_cast<long>(t - j) >= window) continue;
        double logit = 0;
        for (long i = 0; i < c_.d_k; ++i) logit += q[t][h * c_.d_k + i] * k[j][kv * c_.d_k + i];
        const double weight = std::exp(logit * c_.logit_scale);
        total += weight;
        for (long i = 0; i < c_.d_k; ++i) sum[i] += weight * v[j][kv * c_.d_k + i];
      }
      for (const double s : sum) out.push_back(s / total);
    }
    return out;
  }

  Rows attention(std::size_t l, const Rows& x, std::vector<Rows>& queries,
                 std::vector<Rows>& keys) const {
    const auto name = fmt::format("layers.{}.self_attn.", l);
    auto q = product(x, name + "q_proj", c_.heads * c_.d_k, c_.qkv_bias);
    auto k = product(x, name + "k_proj", c_.kv_heads * c_.d_k, c_.qkv_bias);
    const auto v = product(x, name + "v_proj", c_.kv_heads * c_.d_k, c_.qkv_bias);
    norm_heads(q, name + "q_norm");
    norm_heads(k, name + "k_norm");
    queries.push_back(q);
    keys.push_back(k);
    const auto& facts = c_.layers[l];
    q = turned(q, facts.rotary), k = turned(k, facts.rotary);
    Rows out;
    for (std::size_t t = 0; t < x.size(); ++t) out.push_back(mixed(q, k, v, t, facts.window));
    return product(out, name + "o_proj", c_.d_model, c_.output_bias);
  }

  double activation(double x) const {
    if (c_.block.activation == Activation::kSilu) return x / (1 + std::exp(-x));
    const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + std::tanh(inner));
  }

  Rows feed_forward(std::size_t l, const Rows& x) const {
    const auto name = fmt::format("layers.{}.mlp.", l);
    auto gate = product(x, name + "gate_proj", c_.d_ff, c_.feed_forward_bias);
    const auto up = product(x, name + "up_proj", c_.d_ff, c_.feed_forward_bias);
    for (std::size_t t = 0; t < x.size(); ++t)
      for (long i = 0; i < c_.d_ff; ++i) gate[t][i] = activation(gate[t][i]) * up[t][i];
    return product(gate, name + "down_proj", c_.d_model, c_.feed_forward_bias);
  }

  static Rows sum(Rows a, const Rows& b) {
    for (std::size_t t = 0; t < a.size(); ++t)
      for (std::size_t i = 0; i < a[t].size(); ++i) a[t][i] += b[t][i];
    return a;
  }

  Rows block(std::size_t l, const Rows& x, std::vector<Rows>& queries,
             std::vector<Rows>& keys) const {
    const auto name = fmt::format("layers.{}.", l);
    if (c_.family == "olmo2") {
      const auto h =
          sum(x, norm_layer(attention(l, x, queries, keys), name + "post_attention_layernorm"));
      return sum(h, norm_layer(feed_forward(l, h), name + "post_feedforward_layernorm"));
    }
    const auto read = attention(l, norm_layer(x, name + "input_layernorm"), queries, keys);
    if (c_.family == "gemma3_text") {
      const auto h = sum(x, norm_layer(read, name + "post_attention_layernorm"));
      const auto fed = feed_forward(l, norm_layer(h, name + "pre_feedforward_layernorm"));
      return sum(h, norm_layer(fed, name + "post_feedforward_layernorm"));
    }
    const auto h = sum(x, read);
    return sum(h, feed_forward(l, norm_layer(h, name + "post_attention_layernorm")));
  }

  const Checkpoint& checkpoint_;
  const ForeignConfig& c_;
};

/// [T][heads * d_k] -> [1, T, heads, d_k]
torch::Tensor tensor_of(const Rows& rows, long heads) {
  std::vector<double> flat;
  for (const auto& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  return torch::tensor(flat, torch::kFloat64)
      .reshape({1, static_cast<long>(rows.size()), heads, -1});
}

}  // namespace

NaiveResult naive_forward(const std::filesystem::path& folder, const torch::Tensor& ids) {
  const auto config = read_foreign_config(folder);
  const auto checkpoint = Checkpoint::open(folder);
  std::vector<torch::Tensor> logits;
  std::vector<std::vector<torch::Tensor>> q(config.layers.size()), k(config.layers.size());
  for (long s = 0; s < ids.size(0); ++s) {
    const auto row = ids[s].contiguous();
    std::vector<Rows> queries, keys;
    logits.push_back(tensor_of(Naive(checkpoint, config)
                                   .forward({row.data_ptr<std::int64_t>(),
                                             row.data_ptr<std::int64_t>() + row.numel()},
                                            queries, keys),
                               1)
                         .squeeze(2));
    for (std::size_t l = 0; l < q.size(); ++l) {
      q[l].push_back(tensor_of(queries[l], config.heads));
      k[l].push_back(tensor_of(keys[l], config.kv_heads));
    }
  }
  NaiveResult result{.logits = torch::cat(logits)};
  for (const auto& layer : q) result.q.push_back(torch::cat(layer));
  for (const auto& layer : k) result.k.push_back(torch::cat(layer));
  return result;
}

}  // namespace rc
