#include "model/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kernels/torch.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

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
  std::vector<Tensor> projections;
  if (!c.uniform_attention) {
    w.gain_q = get("self_attn.q_norm", {c.d_k});
    w.gain_k = get("self_attn.k_norm", {c.d_k});
    projections = {get("self_attn.q_proj", {c.q_rows(), c.d_model}),
                   get("self_attn.k_proj", {c.k_rows(), c.d_model})};
  }
  const auto output = get("self_attn.o_proj", {c.d_model, c.mixed()});
  projections.push_back(get("self_attn.v_proj", {c.v_rows(), c.d_model}));
  projections.push_back(torch::constant_pad_nd(output, {0, c.d_model - c.mixed()}));
  w.qkvo = torch::cat(projections);
  w.up = get("mlp.up_proj", {c.d_ff, c.d_model});
  w.down = get("mlp.down_proj", {c.d_model, c.d_ff});
  if (c.gated_feed_forward) w.gate = get("mlp.gate_proj", {c.d_ff, c.d_model});
  return w;
}

Weights weights_from(const Source& source, const ModelConfig& c) {
  Weights w;
  w.embedding = source("model.embed_tokens.weight", {c.vocabulary, c.d_model});
  for (long l = 0; l < c.layers; ++l) w.layers.push_back(layer_from(source, c, l));
  w.final_norm = source("model.norm.weight", {c.d_model});
  return w;
}

constexpr const char* kRopeFrequencies =
    "rope_frequencies";  // metadata: width of the rotary frequencies

std::string pairs_name(long layer) {
  return fmt::format("model.layers.{}.self_attn.rotary_pairs", layer);
}

/// Steps 0, 1, ... in their order, or in a random one of the layer's own.
Tensor initial_pairs(const ModelConfig& c, std::uint64_t seed, long layer) {
  if (!c.shuffle_frequencies) return torch::arange(c.d_k / 2);
  auto random = cpu_generator(generator(seed, pairs_name(layer))());
  return torch::randperm(c.d_k / 2, random, torch::kInt64);
}

/// Keys narrower than their rotary frequencies are those of a model that was compacted.
void adopt_key_width(ModelConfig& config, const Safetensors& file) {
  const auto frequencies = file.metadata().find(kRopeFrequencies);
  if (frequencies == file.metadata().end() ||
      std::stol(frequencies->second) != config.frequencies.width)
    return;
  const auto pairs = file.at(pairs_name(0)).shape;
  if (pairs.size() == 1 && 2 * pairs[0] < config.frequencies.width) config.d_k = 2 * pairs[0];
}

bool is_gain(const std::string& name) { return name.find("norm") != std::string::npos; }

}  // namespace

Tensor query_gain(const LayerWeights& layer, const ModelConfig& config) {
  const double factor = config.query_factor();
  return factor == 1 ? layer.gain_q : layer.gain_q * factor;
}

std::vector<Tensor*> Weights::matrices() {
  std::vector<Tensor*> all;
  for (auto& layer : layers)
    for (auto* matrix : {&layer.qkvo, &layer.up, &layer.down, &layer.gate})
      if (matrix->defined()) all.push_back(matrix);
  return all;
}

std::vector<Tensor*> Weights::qk_gains() {
  std::vector<Tensor*> all;
  for (auto& layer : layers)
    if (layer.gain_k.defined()) all.insert(all.end(), {&layer.gain_q, &layer.gain_k});
  return all;
}

std::vector<Tensor*> Weights::norm_gains() {
  std::vector<Tensor*> all;
  for (auto& layer : layers)
    all.insert(all.end(), {&layer.attention_norm, &layer.feed_forward_norm});
  all.push_back(&final_norm);
  return all;
}

std::vector<Tensor*> Weights::gains() {
  auto all = qk_gains();
  for (auto* gain : norm_gains()) all.push_back(gain);
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
  auto weights = weights_from(draw, config);
  for (long l = 0; l < config.layers; ++l)
    weights.layers[l].rotary_pairs = initial_pairs(config, seed, l);
  return weights;
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
    if (!c.uniform_attention) {
      put("self_attn.q_norm", w.gain_q);
      put("self_attn.k_norm", w.gain_k);
      put("self_attn.q_proj", parts[0]);
      put("self_attn.k_proj", parts[1]);
    }
    put("self_attn.v_proj", parts[2]);
    put("self_attn.o_proj", parts[3].narrow(1, 0, c.mixed()));
    put("mlp.up_proj", w.up);
    put("mlp.down_proj", w.down);
    if (c.gated_feed_forward) put("mlp.gate_proj", w.gate);
    all[pairs_name(l)] = w.rotary_pairs.to(torch::kInt32);
  }
  return all;
}

void save_model(const std::filesystem::path& checkpoint, const SavedModel& model,
                std::map<std::string, std::string> metadata) {
  metadata[kRopeFrequencies] = std::to_string(model.config.frequencies.width);
  save_tensors(checkpoint, named(model.weights, model.config), metadata);
}

SavedModel load_model(const std::filesystem::path& checkpoint, ModelConfig config) {
  const auto file = Safetensors::open(checkpoint);
  adopt_key_width(config, file);
  const Source read = [&](const std::string& name, const Shape& shape) {
    const auto& tensor = file.at(name);
    if (tensor.shape != shape)
      throw UserError(fmt::format(
          "{}: {} is [{}], the profile's model wants [{}]; use the profile it "
          "was trained with, or retrain with: make train",
          checkpoint.string(), name, fmt::join(tensor.shape, ", "), fmt::join(shape, ", ")));
    return to_torch(tensor).to(torch::kFloat32);
  };
  auto weights = weights_from(read, config);
  for (long l = 0; l < config.layers; ++l)
    weights.layers[l].rotary_pairs = to_torch(file.at(pairs_name(l))).to(torch::kInt64);
  return {config, std::move(weights)};
}

}  // namespace rc
