#include "bench/curves.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr double kNoisy = 0.15;  // quiet machines stay under it
constexpr int kBootstrapDraws = 2000;
constexpr std::uint64_t kBootstrapSeed = 0;

double median_of(const Samples& samples, std::span<const std::size_t> chosen) {
  Samples x;
  for (const auto i : chosen) x.push_back(samples[i]);
  return median(x);
}

SpeedCurve curve_of(const TimedCase& first) {
  return {.phase = first.task().phase,
          .kernel = std::string(first.rival().name),
          .cold = first.cold(),
          .thin = first.rival().thin,
          .points = {}};
}

}  // namespace

Number seconds_number(const Samples& samples) {
  return {.value = median(samples),
          .unit = "s",
          .interval = Interval{quantile(samples, 0.25), quantile(samples, 0.75), 0.5,
                               "quartiles over repetitions"}};
}

Number speedup_number(const Samples& full, const Samples& thin) {
  if (full.size() != thin.size()) throw std::logic_error("samples of two cases are not paired");
  const auto ratio = [&](std::span<const std::size_t> chosen) {
    return median_of(full, chosen) / median_of(thin, chosen);
  };
  auto interval = bootstrap(full.size(), kBootstrapDraws, kBootstrapSeed, ratio);
  interval.method = "bootstrap over repetitions";
  return {.value = median(full) / median(thin), .unit = "ratio", .interval = interval};
}

double attention_cap(const AttentionTask& task) {
  return static_cast<double>(task.full_width + task.value_width) /
         static_cast<double>(task.key_width + task.value_width);
}

std::vector<SpeedCurve> speed_curves(const KernelPlan& plan, const std::vector<Samples>& samples) {
  std::vector<SpeedCurve> curves;
  const auto widths = plan.percents.size();
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    const auto& timed = plan.cases[i];
    if (i % widths == 0) curves.push_back(curve_of(timed));
    curves.back().points.push_back(
        {.percent = plan.percents[i % widths],
         .task = timed.task(),
         .check = timed.check(),
         .samples = samples[i],
         .seconds = seconds_number(samples[i]),
         .speedup = speedup_number(samples[i - i % widths], samples[i])});
  }
  return curves;
}

const SpeedCurve& fastest(const std::vector<SpeedCurve>& curves, Phase phase) {
  const SpeedCurve* best = nullptr;
  for (const auto& curve : curves) {
    if (curve.phase != phase || curve.cold || !curve.thin) continue;
    if (!best || curve.points[0].seconds.value < best->points[0].seconds.value) best = &curve;
  }
  if (!best) throw std::logic_error("no kernel was timed");
  return *best;
}

double worst_spread(const std::vector<SpeedCurve>& curves) {
  double worst = 0;
  for (const auto& curve : curves)
    for (const auto& point : curve.points) {
      const auto& s = point.seconds;
      worst = std::max(worst, (s.interval->hi - s.interval->lo) / s.value);
    }
  return worst;
}

std::string noise_note(const std::vector<SpeedCurve>& curves) {
  const double spread = worst_spread(curves);
  if (spread < kNoisy) return "";
  return fmt::format("noisy: quartiles up to {:.0f} % apart; is another program running?",
                     100 * spread);
}

}  // namespace rc
