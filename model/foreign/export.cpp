#include "model/foreign/export.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "model/tensors.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

using torch::Tensor;

constexpr double kEpsilon = 1e-6;  // of rms_norm (model/transformer.h)

void check_shape(const SavedModel& model) {
  const auto& c = model.config;
  const auto require = [](bool holds, const char* why) {
    if (!holds) throw UserError(std::string("the model is not of Qwen3's shape: ") + why);
  };
  require(!c.uniform_attention, "its attention has no keys (model.attention = uniform)");
  require(c.qk_norm, "queries and keys have no norm (model.qk_norm = off)");
  require(c.gated_feed_forward,
          "its feed-forward is not gated; train it with SET=model.feed_forward=swiglu");
  require(c.d_v <= c.d_k, "its values are wider than its keys (model.d_v, model.d_k)");
  for (const auto& layer : model.weights.layers)
    require(layer.rotary_pairs.equal(torch::arange(c.frequencies.width / 2, torch::kInt64)),
            "its rotary frequencies do not fall with the index, or some were cut out");
}

nlohmann::json config_of(const ModelConfig& c) {
  return {{"architectures", {"Qwen3ForCausalLM"}},
          {"model_type", "qwen3"},
          {"hidden_size", c.d_model},
          {"intermediate_size", c.d_ff},
          {"num_hidden_layers", c.layers},
          {"num_attention_heads", c.heads},
          {"num_key_value_heads", c.kv_heads},
          {"head_dim", c.d_k},
          {"hidden_act", "silu"},
          {"vocab_size", c.vocabulary},
          {"max_position_embeddings", c.context},
          {"rope_theta", c.frequencies.base},
          {"rms_norm_eps", kEpsilon},
          {"attention_bias", false},
          {"use_sliding_window", false},
          {"tie_word_embeddings", false},
          {"torch_dtype", "float32"}};
}

/// Rows of a projection to heads of width d_k, in the other order.
Tensor rows_in_halves(const Tensor& weight, long d_k) {
  const auto heads = weight.reshape({-1, d_k, weight.size(1)}).transpose(1, 2);
  return halves_from_pairs(heads).transpose(1, 2).reshape(weight.sizes()).contiguous();
}

/// Of W_v [heads * d_v, d_model]: zeros below each head's rows until it has d_k.
Tensor wider_values(const Tensor& weight, const ModelConfig& c) {
  const auto heads = weight.reshape({c.kv_heads, c.d_v, c.d_model});
  return torch::constant_pad_nd(heads, {0, 0, 0, c.d_k - c.d_v}).flatten(0, 1).contiguous();
}

/// Of W_o [d_model, heads * d_v]: what it makes of those zeros does not matter.
Tensor wider_outputs(const Tensor& weight, const ModelConfig& c) {
  const auto heads = weight.reshape({c.d_model, c.heads, c.d_v});
  return torch::constant_pad_nd(heads, {0, c.d_k - c.d_v}).flatten(1, 2).contiguous();
}

NamedTensors tensors_of(const SavedModel& model) {
  const auto& c = model.config;
  auto all = named(model.weights, c);
  all["lm_head.weight"] = model.weights.embedding;
  all["model.embed_tokens.weight"] =
      model.weights.embedding * std::sqrt(static_cast<double>(c.d_model));
  for (long l = 0; l < c.layers; ++l) {
    const auto at = [&](const char* name) -> Tensor& {
      return all.at(fmt::format("model.layers.{}.self_attn.{}.weight", l, name));
    };
    for (const char* projection : {"q_proj", "k_proj"})
      at(projection) = rows_in_halves(at(projection), c.d_k);
    at("q_norm") = query_gain(model.weights.layers[static_cast<std::size_t>(l)], c);
    for (const char* gain : {"q_norm", "k_norm"}) at(gain) = halves_from_pairs(at(gain));
    at("v_proj") = wider_values(at("v_proj"), c);
    at("o_proj") = wider_outputs(at("o_proj"), c);
    all.erase(fmt::format("model.layers.{}.self_attn.rotary_pairs", l));
  }
  for (auto& [name, tensor] : all) tensor = tensor.contiguous();
  return all;
}

}  // namespace

Tensor halves_from_pairs(const Tensor& x) {
  auto pairs = x.sizes().vec();
  pairs.back() /= 2;
  pairs.push_back(2);
  return x.reshape(pairs).transpose(-1, -2).flatten(-2).contiguous();
}

void export_qwen3(const std::filesystem::path& folder, const SavedModel& model) {
  const torch::NoGradGuard no_grad;
  check_shape(model);
  write_json(folder / "config.json", config_of(model.config));
  save_tensors(folder / "model.safetensors", tensors_of(model), {{"format", "pt"}});
}

}  // namespace rc
