// Which layers a number is the mean of.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "kernels/torch.h"

namespace rc {

struct LayerGroup {
  std::string name;
  std::vector<int64_t> layers;
};

LayerGroup all_layers(long layers);

/// middle and deep, the middle and last third; L >= 3.
std::array<LayerGroup, 2> layer_thirds(long layers);

using OfLayer = std::function<torch::Tensor(std::size_t)>;

/// Mean over the layers of a group.
torch::Tensor group_mean(const LayerGroup& group, const OfLayer& of);

}  // namespace rc
