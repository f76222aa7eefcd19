// Cutting key dimensions out: which go first, and how they go.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/weights.h"

namespace rc {

/// For each layer, the key dimensions in the order in which they are cut.
using CutOrder = std::vector<std::vector<long>>;

/// A rule that ranks dimensions, under the name it has in numbers.json.
struct OrderRule {
  std::string name;
  std::function<CutOrder(const Weights&)> rank;
};

/// Rules that look at the model: "low_gain" (smallest |gamma_k| first, the original's surgery) and
/// "high_gain" (largest first). Equal gains go by index.
const std::vector<OrderRule>& order_rules();

/// Each layer's dimensions shuffled independently; the stream depends on seed and draw alone.
CutOrder random_order(const Weights& weights, std::uint64_t seed, int draw);

/// How many of d_k dimensions `percent` % are, rounded to the nearest.
long dimensions_cut(long percent, long d_k);

/// The weights with the gain of the first `count` dimensions of each layer's order set to 0.
/// Nothing is renormalised, as in the original.
Weights zero_gains(const Weights& weights, const CutOrder& order, long count);

}  // namespace rc
