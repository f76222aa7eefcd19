#include "stages/measure_rank/layer_groups.h"

namespace rc {
namespace {

/// Layers begin, ..., end - 1.
LayerGroup layer_range(std::string name, int64_t begin, int64_t end) {
  LayerGroup group{std::move(name), {}};
  for (auto layer = begin; layer < end; ++layer) group.layers.push_back(layer);
  return group;
}

}  // namespace

LayerGroup all_layers(long layers) { return layer_range("all", 0, layers); }

std::array<LayerGroup, 2> layer_thirds(long layers) {
  return {layer_range("middle", layers / 3, 2 * layers / 3),
          layer_range("deep", 2 * layers / 3, layers)};
}

torch::Tensor group_mean(const LayerGroup& group, const OfLayer& of) {
  std::vector<torch::Tensor> all;
  for (const auto layer : group.layers) all.push_back(of(static_cast<std::size_t>(layer)));
  return torch::stack(all).mean(0);
}

}  // namespace rc
