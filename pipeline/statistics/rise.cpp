#include "pipeline/statistics/rise.h"

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

Sequences differences(const Sequences& of, const Sequences& from) {
  Sequences result(of.size());
  for (std::size_t s = 0; s < of.size(); ++s) result[s] = of[s] - from.at(s);
  return result;
}

}  // namespace

Interval interval_over_sequences(std::span<const double> values) {
  auto interval = t_interval(values);
  interval.method = "t over sequences";
  return interval;
}

Number rise(const Sequences& cut, const Sequences& baseline) {
  const auto rises = differences(cut, baseline);
  return {mean(rises), "nats/token", 1, interval_over_sequences(rises)};
}

std::optional<Number> rise_share(const Sequences& cut, const Sequences& baseline,
                                 const Sequences& floor) {
  const auto rises = differences(cut, baseline), benefits = differences(floor, baseline);
  const double benefit = mean(benefits);
  if (benefit == 0) return std::nullopt;
  const double share = mean(rises) / benefit;
  Sequences linearised(rises.size());  // its mean is the share
  for (std::size_t s = 0; s < rises.size(); ++s)
    linearised[s] = share + (rises[s] - share * benefits[s]) / benefit;
  return Number{share, "share", 1, interval_over_sequences(linearised)};
}

long removable_percent(std::span<const long> percents, std::span<const double> rises,
                       std::span<const double> benefits, double share) {
  long reached = 0;
  for (std::size_t i = 0; i < percents.size(); ++i) {
    // At 0 % nothing rises; where attention is no use no rise is a small part of it.
    if (rises[i] >= share * benefits[i]) break;
    reached = percents[i];
  }
  return reached;
}

}  // namespace rc
