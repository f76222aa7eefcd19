#include "stages/ablate/curve.h"

#include <algorithm>
#include <numeric>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

Sequences at(const Sequences& all, const Rows& rows) {
  Sequences some;
  for (const long row : rows) some.push_back(all[static_cast<std::size_t>(row)]);
  return some;
}

}  // namespace

Number Yardstick::rise(const Point& point) const {
  return rc::rise(point.losses, at(baseline, point.rows));
}

std::optional<Number> Yardstick::share(const Point& point) const {
  return rise_share(point.losses, at(baseline, point.rows), at(floor, point.rows));
}

Rows rows_that_stand_for_all(const Yardstick& yardstick, long count) {
  const auto benefit = [&](long row) {
    const auto s = static_cast<std::size_t>(row);
    return yardstick.floor[s] - yardstick.baseline[s];
  };
  Rows order(yardstick.baseline.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, benefit);
  const auto have = static_cast<long>(order.size()), take = std::min(count, have);
  Rows rows;  // the middle of each of `take` stretches
  for (long i = 0; i < take; ++i)
    rows.push_back(order[static_cast<std::size_t>((2 * i + 1) * have / (2 * take))]);
  std::ranges::sort(rows);
  return rows;
}

long removable_percent(const Curve& curve, const std::vector<long>& percents,
                       const Yardstick& yardstick) {
  std::vector<double> rises, benefits;
  for (const auto& point : curve) {
    const double whole = mean(at(yardstick.baseline, point.rows));
    rises.push_back(mean(point.losses) - whole);
    benefits.push_back(mean(at(yardstick.floor, point.rows)) - whole);
  }
  return removable_percent(percents, rises, benefits, kUnnoticed);
}

bool decide_removable(Curve& curve, const std::vector<long>& percents, const Yardstick& yardstick,
                      const std::function<Point(long)>& measure) {
  bool anything = false;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (curve[i].rows.size() != yardstick.baseline.size()) {
      curve[i] = measure(percents[i]);
      anything = true;
    }
    if (removable_percent(curve, percents, yardstick) < percents[i]) break;
  }
  return anything;
}

}  // namespace rc
