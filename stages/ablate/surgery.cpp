#include "stages/ablate/surgery.h"

#include <algorithm>

namespace rc {
namespace {

/// Draws that each of `rows` takes.
long draws_each(const OrderRule& rule, long draws, long rows, long sequences) {
  return rule.is(kRandom) && rows == sequences ? (draws + rows - 1) / rows : 1;
}

}  // namespace

Cut within(Cut cut, LayerRange layers) {
  for (std::size_t l = 0; l < cut.size(); ++l)
    if (l < layers.first || l >= layers.end) cut[l].clear();
  return cut;
}

Weights Surgery::operated(const OrderRule& rule, long percent, long draw) const {
  const auto cut = rule.cut(trained_, percent, static_cast<int>(draw));
  return rule.apply(trained_, within(cut, layers_));
}

TokenLosses Surgery::losses(const OrderRule& rule, long percent, const Rows& rows) const {
  if (!rule.is(kRandom)) return evaluate_.losses(operated(rule, percent, 0), rows);
  const long draws =
      draws_each(rule, draws_, static_cast<long>(rows.size()), evaluate_.sequences());
  TokenLosses sum;
  for (long d = 0; d < draws; ++d) {
    const long first = d * evaluate_.sequences();
    const auto losses =
        evaluate_.losses([&](long row) { return operated(rule, percent, first + row); }, rows);
    sum = sum.defined() ? sum + losses : losses;
  }
  return sum / draws;
}

long Surgery::evaluations(const OrderRule& rule, long draws, long rows, long sequences) {
  return rows * draws_each(rule, draws, rows, sequences);
}

Weights without_keys(const Weights& weights, LayerRange layers) {
  Weights none = weights;
  for (std::size_t l = layers.first; l < std::min(layers.end, none.layers.size()); ++l)
    none.layers[l].gain_k = torch::zeros_like(none.layers[l].gain_k);
  return none;
}

}  // namespace rc
