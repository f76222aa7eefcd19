#include "stages/ablate/deletion.h"

#include <algorithm>
#include <cmath>

namespace rc {
namespace {

using torch::Tensor;

/// 0, ..., count - 1 without `cut`.
std::vector<long> survivors(const std::vector<long>& cut, long count) {
  std::vector<long> kept;
  for (long i = 0; i < count; ++i)
    if (std::find(cut.begin(), cut.end(), i) == cut.end()) kept.push_back(i);
  return kept;
}

LayerWeights without_rows(const TrainedModel& trained, std::size_t l,
                          const std::vector<long>& cut) {
  const auto& c = trained.model.config;
  auto layer = trained.model.weights.layers[l];
  const auto kept = survivors(cut, c.d_k);
  auto mask = torch::zeros_like(layer.gain_k);
  mask.index_fill_(0, torch::tensor(kept, torch::kInt64).to(mask.device()), 1);
  const auto rows =
      torch::cat({torch::ones({c.q_rows()}, mask.options()), mask.repeat({c.kv_heads}),
                  torch::ones({c.v_rows() + c.d_model}, mask.options())});
  layer.qkvo = layer.qkvo * rows.unsqueeze(1);
  layer.gain_k = layer.gain_k * mask;
  if (!c.qk_norm) return layer;
  // The model's norm still counts the empty rows: root(sum / d_k) where root(sum / kept) is meant.
  layer.gain_k =
      layer.gain_k * std::sqrt(static_cast<double>(kept.size()) / static_cast<double>(c.d_k));
  return layer;
}

SavedModel deleted(const TrainedModel& trained, const std::string& way, long percent) {
  if (way == "pairs") return delete_pairs(trained, order_named("pair").cut(trained, percent, 0));
  const auto cut = order_named(kOriginalOrder).cut(trained, percent, 0);
  return {trained.model.config, delete_rows(trained, cut)};
}

}  // namespace

Weights delete_rows(const TrainedModel& trained, const Cut& cut) {
  Weights weights = trained.model.weights;
  for (std::size_t l = 0; l < cut.size(); ++l) weights.layers[l] = without_rows(trained, l, cut[l]);
  return weights;
}

SavedModel delete_pairs(const TrainedModel& trained, const Cut& cut) {
  KeptPairs kept;
  for (std::size_t l = 0; l < cut.size(); ++l) {
    const auto dimensions = survivors(cut[l], trained.model.config.d_k);
    auto& pairs = kept.emplace_back();
    for (const long d : dimensions)
      if (d % 2 == 0) pairs.push_back(d / 2);
  }
  return compact(trained.model, kept, std::vector<NormCorrection>(kept.size()));
}

Deletions run_deletions(const TrainedModel& trained,
                        const std::function<Sequences(const SavedModel&)>& evaluate) {
  Deletions results;
  for (const std::string way : kDeletions)
    for (const long percent : kShownPercents)
      results[way][percent] = evaluate(deleted(trained, way, percent));
  return results;
}

}  // namespace rc
