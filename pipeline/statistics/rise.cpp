#include "pipeline/statistics/rise.h"

#include <cstdint>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr std::uint64_t kSeed = 0;  // resampling must not differ between two runs of one model

double mean_of(const Sequences& x, std::span<const std::size_t> index) {
  double sum = 0;
  for (const auto i : index) sum += x[i];
  return sum / static_cast<double>(index.size());
}

Number with_bootstrap(const char* unit, std::size_t units, int draws,
                      const std::function<double(std::span<const std::size_t>)>& statistic) {
  std::vector<std::size_t> all(units);
  for (std::size_t i = 0; i < units; ++i) all[i] = i;
  auto interval = bootstrap(units, draws, kSeed, statistic);
  interval.method = "bootstrap over sequences";
  return {statistic(all), unit, 1, interval};
}

}  // namespace

Number rise(const Sequences& cut, const Sequences& baseline, int draws) {
  return with_bootstrap("nats/token", cut.size(), draws,
                        [&](auto index) { return mean_of(cut, index) - mean_of(baseline, index); });
}

Number rise_share(const Sequences& cut, const Sequences& baseline, const Sequences& floor,
                  int draws) {
  return with_bootstrap("share", cut.size(), draws, [&](auto index) {
    const double start = mean_of(baseline, index);
    return (mean_of(cut, index) - start) / (mean_of(floor, index) - start);
  });
}

long removable_percent(const Curve& curve, std::span<const long> percents,
                       const Sequences& baseline, const Sequences& floor, double share) {
  const double allowed = share * (mean(floor) - mean(baseline));
  long reached = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (mean(curve[i]) - mean(baseline) >= allowed) break;
    reached = percents[i];
  }
  return reached;
}

Curve mean_curve(const std::vector<Curve>& curves) {
  Curve sum = curves.front();
  for (std::size_t c = 1; c < curves.size(); ++c)
    for (std::size_t p = 0; p < sum.size(); ++p)
      for (std::size_t s = 0; s < sum[p].size(); ++s) sum[p][s] += curves[c][p][s];
  for (auto& row : sum)
    for (auto& loss : row) loss /= static_cast<double>(curves.size());
  return sum;
}

}  // namespace rc
