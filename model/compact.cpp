#include "model/compact.h"

#include <cmath>
#include <stdexcept>

namespace rc {
namespace {

using torch::Tensor;

/// The rows of `dimensions` in every head of a projection [heads * d_k, d_model].
Tensor rows_of_heads(const Tensor& weight, long heads, const Tensor& dimensions) {
  const auto by_head = weight.reshape({heads, -1, weight.size(1)});
  return by_head.index_select(1, dimensions).flatten(0, 1);
}

LayerWeights compact_layer(const LayerWeights& full, const ModelConfig& c,
                           const std::vector<long>& kept, const NormCorrection& correction) {
  const auto device = full.qkvo.device();
  const auto pairs = torch::tensor(kept, torch::kInt64).to(device);
  const auto dimensions = torch::tensor(dimensions_of_pairs(kept), torch::kInt64).to(device);
  const auto parts = full.qkvo.split_with_sizes({c.q_rows(), c.k_rows(), c.v_rows(), c.d_model});
  LayerWeights cut = full;
  cut.qkvo = torch::cat({rows_of_heads(parts[0], c.heads, dimensions),
                         rows_of_heads(parts[1], c.kv_heads, dimensions), parts[2], parts[3]});
  // The narrower model divides its logits by the root of its own width.
  const double scale =
      std::sqrt(static_cast<double>(dimensions.numel()) / static_cast<double>(c.d_k));
  cut.gain_q = full.gain_q.index_select(0, dimensions) * correction.q;
  cut.gain_k = full.gain_k.index_select(0, dimensions) * (correction.k * scale);
  cut.rotary_pairs = full.rotary_pairs.index_select(0, pairs.to(full.rotary_pairs.device()));
  return cut;
}

}  // namespace

KeptPairs pairs_of_largest_gain(const Weights& weights, long count) {
  KeptPairs kept;
  for (const auto& layer : weights.layers) {
    const auto energy = layer.gain_k.detach().square().reshape({-1, 2}).sum(1);
    const auto ascending = std::get<1>(torch::sort(energy, /*stable=*/true, 0, false));
    const auto largest = ascending.narrow(0, ascending.numel() - count, count);
    const auto pairs = std::get<0>(largest.sort()).to(torch::kCPU).contiguous();
    kept.emplace_back(pairs.data_ptr<std::int64_t>(), pairs.data_ptr<std::int64_t>() + count);
  }
  return kept;
}

std::vector<long> dimensions_of_pairs(const std::vector<long>& pairs) {
  std::vector<long> dimensions;
  for (const long pair : pairs) dimensions.insert(dimensions.end(), {2 * pair, 2 * pair + 1});
  return dimensions;
}

SavedModel compact(const SavedModel& model, const KeptPairs& kept,
                   const std::vector<NormCorrection>& corrections) {
  if (kept.size() != model.weights.layers.size() || corrections.size() != kept.size())
    throw std::invalid_argument("compact: one list of pairs and one correction a layer");
  SavedModel narrow = model;
  narrow.config.d_k = 2 * static_cast<long>(kept.front().size());
  for (std::size_t l = 0; l < kept.size(); ++l) {
    if (kept[l].size() != kept.front().size() || kept[l].empty())
      throw std::invalid_argument("compact: every layer keeps as many pairs, at least one");
    narrow.weights.layers[l] =
        compact_layer(model.weights.layers[l], model.config, kept[l], corrections[l]);
  }
  return narrow;
}

}  // namespace rc
