#include "model/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/torch_compat.h"
#include "pipeline/error.h"
#include "pipeline/statistics.h"

namespace rc {
namespace {

using torch::Tensor;
using Shape = std::vector<std::int64_t>;

/// Asked for every tensor of a checkpoint by name and shape, in a fixed order.
using Source = std::function<Tensor(const std::string& name, const Shape& shape)>;

LayerWeights layer_from(const Source& source, const ModelConfig& c, long layer) {
  const std::string prefix = fmt::format("model.layers.{}.", layer);
  const auto get = [&](const char* name, const Shape& shape) {
    return source(prefix + name + ".weight", shape);
  };
  LayerWeights w;
  w.attention_norm = get("input_layernorm", {c.d_model});
  w.feed_forward_norm = get("post_attention_layernorm", {c.d_model});
  w.gain_q = get("self_attn.q_norm", {c.d_k});
  w.gain_k = get("self_attn.k_norm", {c.d_k});
  w.qkvo = torch::cat({get("self_attn.q_proj", {c.q_rows(), c.d_model}),
                       get("self_attn.k_proj", {c.k_rows(), c.d_model}),
                       get("self_attn.v_proj", {c.v_rows(), c.d_model}),
                       get("self_attn.o_proj", {c.d_model, c.d_model})});
  w.up = get("mlp.up_proj", {c.d_ff, c.d_model});
  w.down = get("mlp.down_proj", {c.d_model, c.d_ff});
  return w;
}

Weights weights_from(const Source& source, const ModelConfig& c) {
  Weights w;
  w.embedding = source("model.embed_tokens.weight", {c.vocabulary, c.d_model});
  for (long l = 0; l < c.layers; ++l) w.layers.push_back(layer_from(source, c, l));
  w.final_norm = source("model.norm.weight", {c.d_model});
  return w;
}

bool is_gain(const std::string& name) { return name.find("norm") != std::string::npos; }

}  // namespace

std::vector<Tensor*> Weights::matrices() {
  std::vector<Tensor*> all;
  for (auto& layer : layers)
    for (auto* matrix : {&layer.qkvo, &layer.up, &layer.down}) all.push_back(matrix);
  return all;
}

std::vector<Tensor*> Weights::gains() {
  std::vector<Tensor*> all;
  for (auto& layer : layers) all.insert(all.end(), {&layer.gain_q, &layer.gain_k});
  for (auto& layer : layers)
    all.insert(all.end(), {&layer.attention_norm, &layer.feed_forward_norm});
  all.push_back(&final_norm);
  return all;
}

Weights Weights::to(torch::Device device) const {
  Weights moved = *this;
  moved.embedding = embedding.to(device);
  for (auto* matrix : moved.matrices()) *matrix = matrix->to(device);
  for (auto* gain : moved.gains()) *gain = gain->to(device);
  return moved;
}

Weights initial_weights(const ModelConfig& config, std::uint64_t seed, double std) {
  const Source draw = [&](const std::string& name, const Shape& shape) {
    if (is_gain(name)) return torch::ones(shape);
    auto random = cpu_generator(generator(seed, name)());
    return torch::normal(0.0, std, shape, random);
  };
  return weights_from(draw, config);
}

NamedTensors named(const Weights& weights, const ModelConfig& c) {
  NamedTensors all;
  all["model.embed_tokens.weight"] = weights.embedding;
  all["model.norm.weight"] = weights.final_norm;
  for (long l = 0; l < c.layers; ++l) {
    const auto& w = weights.layers[l];
    const auto parts = w.qkvo.split_with_sizes({c.q_rows(), c.k_rows(), c.v_rows(), c.d_model});
    const auto put = [&](const char* name, const Tensor& tensor) {
      all[fmt::format("model.layers.{}.{}.weight", l, name)] = tensor;
    };
    put("input_layernorm", w.attention_norm);
    put("post_attention_layernorm", w.feed_forward_norm);
    put("self_attn.q_norm", w.gain_q);
    put("self_attn.k_norm", w.gain_k);
    put("self_attn.q_proj", parts[0]);
    put("self_attn.k_proj", parts[1]);
    put("self_attn.v_proj", parts[2]);
    put("self_attn.o_proj", parts[3]);
    put("mlp.up_proj", w.up);
    put("mlp.down_proj", w.down);
  }
  return all;
}

Weights load_weights(const std::filesystem::path& checkpoint, const ModelConfig& config) {
  const auto file = Safetensors::open(checkpoint);
  const Source read = [&](const std::string& name, const Shape& shape) {
    const auto& tensor = file.at(name);
    if (tensor.shape != shape)
      throw UserError(fmt::format(
          "{}: {} is [{}], the profile's model wants [{}]; use the profile it "
          "was trained with, or retrain with: make train",
          checkpoint.string(), name, fmt::join(tensor.shape, ", "), fmt::join(shape, ", ")));
    return to_torch(tensor).to(torch::kFloat32);
  };
  return weights_from(read, config);
}

}  // namespace rc
