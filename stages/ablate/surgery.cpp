#include "stages/ablate/surgery.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "pipeline/statistics.h"

namespace rc {
namespace {

std::vector<long> all_dimensions(long d_k) {
  std::vector<long> order(d_k);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Each layer's dimensions by ascending `score(layer)` [d_k].
CutOrder ascending(const Weights& weights,
                   const std::function<torch::Tensor(const LayerWeights&)>& score) {
  CutOrder order;
  for (const auto& layer : weights.layers) {
    const auto scores = score(layer).to(torch::kCPU).to(torch::kFloat64).contiguous();
    const auto* value = scores.data_ptr<double>();
    order.push_back(all_dimensions(scores.numel()));
    std::stable_sort(order.back().begin(), order.back().end(),
                     [&](long a, long b) { return value[a] < value[b]; });
  }
  return order;
}

}  // namespace

const std::vector<OrderRule>& order_rules() {
  static const std::vector<OrderRule> rules = {
      {"low_gain",
       [](const Weights& w) {
         return ascending(w, [](const LayerWeights& l) { return l.gain_k.abs(); });
       }},
      {"high_gain",
       [](const Weights& w) {
         return ascending(w, [](const LayerWeights& l) { return -l.gain_k.abs(); });
       }},
  };
  return rules;
}

CutOrder random_order(const Weights& weights, std::uint64_t seed, int draw) {
  auto random = generator(seed, fmt::format("random order {}", draw));
  CutOrder order;
  for (const auto& layer : weights.layers) {
    order.push_back(all_dimensions(layer.gain_k.numel()));
    std::shuffle(order.back().begin(), order.back().end(), random);
  }
  return order;
}

long dimensions_cut(long percent, long d_k) {
  return std::lround(static_cast<double>(percent * d_k) / 100.0);
}

Weights zero_gains(const Weights& weights, const CutOrder& order, long count) {
  Weights cut = weights;
  for (std::size_t l = 0; l < cut.layers.size(); ++l) {
    auto& gain = cut.layers[l].gain_k;
    gain = gain.clone();
    for (long i = 0; i < count; ++i) gain[order[l][i]] = 0;
  }
  return cut;
}

}  // namespace rc
