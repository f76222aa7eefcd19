#include "stages/low_rank/low_rank.h"

#include <algorithm>

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

/// Which sequences a point is measured on.
using Rows = std::vector<long>;

Rows rows_at(long percent, long sequences, long curve_sequences) {
  return evenly_spread(sequences, percent == kLowRankClaimPercent ? sequences : curve_sequences);
}

Sequences some_of(const Sequences& all, const Rows& rows) {
  Sequences some;
  for (const long row : rows) some.push_back(all[static_cast<std::size_t>(row)]);
  return some;
}

}  // namespace

long low_rank_evaluations(long sequences, long curve_sequences) {
  long a_method = 0;
  for (const long percent : kLowRankPercents)
    a_method += static_cast<long>(rows_at(percent, sequences, curve_sequences).size());
  return 2 * sequences + static_cast<long>(low_rank_methods().size()) * a_method;
}

LowRank measure_low_rank(const KeyModel& model, Calibration calibration, const Batch& batch,
                         long curve_sequences, const std::function<void(long)>& tick) {
  const auto moments = all_moments(calibration);
  calibration = {};  // half a gigabyte of a checkpoint with many heads
  const auto& [config, whole] = model.saved();
  long done = 0;
  const auto losses = [&](const Weights& weights, const Batch& some) {
    auto sequences = sequence_losses(model, weights, some);
    tick(done += some.ids.size(0));
    return sequences;
  };
  LowRank result{.baseline = losses(whole, batch), .uniform = losses(without_keys(whole), batch)};
  for (const auto& method : low_rank_methods())
    for (const long percent : kLowRankPercents) {
      const auto rows = rows_at(percent, batch.ids.size(0), curve_sequences);
      const auto changed = method.apply(whole, moments, kept_floats(percent, config.d_k));
      result.curves[method.name].push_back({losses(changed, rows_of(batch, rows)),
                                            some_of(result.baseline, rows),
                                            some_of(result.uniform, rows)});
    }
  return result;
}

}  // namespace rc
