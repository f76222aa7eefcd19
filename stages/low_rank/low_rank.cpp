#include "stages/low_rank/low_rank.h"

#include "model/microbatches.h"

namespace rc {
namespace {

std::vector<LayerMoments> all_moments(const Calibration& calibration) {
  std::vector<LayerMoments> all(calibration.k.size());
  for_pieces(static_cast<std::int64_t>(all.size()), torch::kCPU, [&](std::int64_t layer) {
    const auto l = static_cast<std::size_t>(layer);
    all[l] = moments_of(calibration, l);
  });
  return all;
}

Weights without_keys(const Weights& whole) {
  Weights none = whole;
  for (auto& layer : none.layers) layer.gain_k = torch::zeros_like(layer.gain_k);
  return none;
}

}  // namespace

long low_rank_evaluations() {
  return static_cast<long>(2 + low_rank_methods().size() * std::size(kLowRankPercents));
}

LowRank measure_low_rank(const KeyModel& model, const Calibration& calibration, const Batch& batch,
                         const std::function<void(long)>& tick) {
  const auto moments = all_moments(calibration);
  const auto& [config, whole] = model.saved();
  long done = 0;
  const auto losses = [&](const Weights& weights) {
    auto sequences = sequence_losses(model, weights, batch);
    tick(++done);
    return sequences;
  };
  LowRank result{.baseline = losses(whole), .uniform = losses(without_keys(whole))};
  for (const auto& method : low_rank_methods())
    for (const long percent : kLowRankPercents)
      result.curves[method.name].push_back(
          losses(method.apply(whole, moments, kept_floats(percent, config.d_k))));
  return result;
}

}  // namespace rc
