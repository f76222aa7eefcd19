// An order applied to the trained model, on some sequences.
#pragma once

#include "stages/ablate/evaluator.h"
#include "stages/ablate/orders.h"

namespace rc {

/// Layers [first, end); an end behind the last layer means all the rest.
struct LayerRange {
  std::size_t first = 0;
  std::size_t end = static_cast<std::size_t>(-1);
};

/// The cut of those layers alone.
Cut within(Cut cut, LayerRange layers);

/// Random orders are drawn for each sequence anew. As no two sequences share a draw they stay
/// independent, and the interval over sequences covers the luck of the draw too; the mean over
/// sequences is unbiased for the mean over all orders, and costs what one order does. Where all
/// sequences are fewer than the draws wanted, each takes several and the mean is its loss.
class Surgery {
 public:
  /// At least `draws` random orders stand behind a point measured on every sequence.
  Surgery(Evaluator& evaluate, const TrainedModel& trained, long draws, LayerRange layers = {})
      : evaluate_(evaluate), trained_(trained), draws_(draws), layers_(layers) {}

  TokenLosses losses(const OrderRule& rule, long percent, const Rows& rows) const;

  /// How many of `sequences` sequences that evaluates on `rows` of them.
  static long evaluations(const OrderRule& rule, long draws, long rows, long sequences);

 private:
  Weights operated(const OrderRule& rule, long percent, long draw) const;

  Evaluator& evaluate_;
  TrainedModel trained_;
  long draws_;
  LayerRange layers_;
};

/// The trained model with every key of those layers at zero: attention is uniform over the past.
Weights without_keys(const Weights& weights, LayerRange layers = {});

}  // namespace rc
