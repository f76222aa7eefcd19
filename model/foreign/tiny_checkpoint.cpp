#include "model/foreign/tiny_checkpoint.h"

#include <fmt/format.h>

#include "model/foreign/checkpoint.h"
#include "model/tensors.h"
#include "pipeline/files/artifact.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

/// Weights normal(0, 0.5 / sqrt(width)) with d_model 12 about .15; gains and biases uneven.
torch::Tensor random_tensor(const ExpectedTensor& expected, double gain_offset) {
  const auto random = cpu_generator(generator(1, expected.name)());
  const bool gain = expected.name.find("norm") != std::string::npos;
  const auto noise = torch::normal(0.0, gain ? 0.3 : 0.5, expected.shape, random);
  return gain ? noise + (1 - gain_offset) : noise;
}

}  // namespace

json tiny_config_json(const std::string& model_type, const json& own) {
  json config = {{"model_type", model_type},
                 {"hidden_size", 12},
                 {"intermediate_size", 20},
                 {"num_hidden_layers", 3},
                 {"num_attention_heads", 4},
                 {"num_key_value_heads", 2},
                 {"head_dim", 6},
                 {"vocab_size", 40},
                 {"max_position_embeddings", 64},
                 {"rms_norm_eps", 1e-5}};
  if (!own.is_null()) config.update(own);
  return config;
}

void write_tiny_checkpoint(const std::filesystem::path& folder, const json& config,
                           const TinyLayout& layout) {
  make_folder(folder);
  write_json(folder / "config.json", config);
  const auto facts = foreign_config(config, "tiny");
  std::vector<NamedTensors> shards(layout.shards);
  json weight_map;
  long count = 0;
  for (const auto& expected : expected_tensors(facts)) {
    const bool head = expected.name == "lm_head.weight";
    const auto name = (head ? layout.head_prefix : layout.prefix) + expected.name;
    const auto shard = count++ % layout.shards;
    shards[shard][name] = random_tensor(expected, facts.block.gain_offset).to(layout.type);
    weight_map[name] = fmt::format("model-{}.safetensors", shard);
  }
  if (layout.shards == 1) {
    save_tensors(folder / "model.safetensors", shards[0]);
    return;
  }
  for (int s = 0; s < layout.shards; ++s)
    save_tensors(folder / fmt::format("model-{}.safetensors", s), shards[s]);
  write_json(folder / "model.safetensors.index.json", {{"weight_map", weight_map}});
}

torch::Tensor tiny_ids() { return (torch::arange(18, torch::kInt64) * 7 % 40).reshape({2, 9}); }

}  // namespace rc
