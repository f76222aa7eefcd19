// One order's losses from nothing cut to everything, each point on some of the sequences.
#pragma once

#include <functional>
#include <vector>

#include "pipeline/statistics/rise.h"
#include "stages/ablate/evaluator.h"

namespace rc {

/// One order at one percentage.
struct Point {
  Rows rows;         // the sequences that were looked at
  Sequences losses;  // of each of them
};

/// A point for each percentage.
using Curve = std::vector<Point>;

/// What points are held against: every sequence's loss with nothing cut, and with all keys zeroed.
/// A point is always held against the sequences it was measured on.
struct Yardstick {
  Sequences baseline, floor;

  Number rise(const Point& point) const;
  std::optional<Number> share(const Point& point) const;  // of the attention benefit, as rise_share
};

/// `count` sequences that stand for all, or all where there are fewer: evenly spread over those
/// that attention is worth least to, more, and most. A curve measured on them then ends where that
/// of all sequences ends, and has no kinks where the two meet.
Rows rows_that_stand_for_all(const Yardstick& yardstick, long count);

/// Claims A3, B1, B2 and C5 call a cut unnoticed that costs less than this share of the benefit.
inline constexpr double kUnnoticed = 0.01;

/// Largest percentage up to which every point of the curve is unnoticed.
long removable_percent(const Curve& curve, const std::vector<long>& percents,
                       const Yardstick& yardstick);

/// Measures the curve's points on every sequence by `measure`, from nothing cut up to the first
/// that is noticed: what removable_percent then says, every sequence has decided. Returns whether
/// anything was left to measure.
bool decide_removable(Curve& curve, const std::vector<long>& percents, const Yardstick& yardstick,
                      const std::function<Point(long percent)>& measure);

}  // namespace rc
