#include "model/snapshot_tensors.h"

#include <fmt/format.h>

namespace rc {

void put_layer(NamedTensors& all, const std::string& name, long layer, const torch::Tensor& x) {
  all[fmt::format("{}.{}", name, layer)] = x.flatten(0, 1);
}

void put_gains(NamedTensors& all, const Weights& weights) {
  std::vector<torch::Tensor> gains_q, gains_k, pairs;
  for (const auto& layer : weights.layers) {
    gains_q.push_back(layer.gain_q);
    gains_k.push_back(layer.gain_k);
    pairs.push_back(layer.rotary_pairs);
  }
  all["gain_q"] = torch::stack(gains_q);
  all["gain_k"] = torch::stack(gains_k);
  all["rotary_pairs"] = torch::stack(pairs);
}

std::map<std::string, std::string> snapshot_metadata(const std::string& arm, long seed,
                                                     const ModelConfig& model, long sequences) {
  return {{"arm", arm},
          {"seed", std::to_string(seed)},
          {"layers", std::to_string(model.layers)},
          {"heads", std::to_string(model.heads)},
          {"kv_heads", std::to_string(model.kv_heads)},
          {"d_k", std::to_string(model.d_k)},
          {"context", std::to_string(model.context)},
          {"rope_base", fmt::format("{}", model.frequencies.base)},
          {"rope_frequencies", std::to_string(model.frequencies.width)},
          {"sequences", std::to_string(sequences)}};
}

}  // namespace rc
