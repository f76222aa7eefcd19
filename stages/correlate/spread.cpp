#include "stages/correlate/spread.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

Number plain(double value, std::string unit) { return {value, std::move(unit), 1, {}}; }

/// Of normal draws.
struct NormalNull {
  double least = 0;              // mean over the draws
  double largest = 0;            // mean over the draws
  std::vector<double> skewness;  // [draws]
};

/// Draws as many, as large and as variable as `gains`.
NormalNull normal_null(const std::vector<double>& gains, const NullSettings& settings) {
  auto random = generator(settings.seed, "correlate normal gains");
  std::normal_distribution<double> normal;
  const double centre = mean(gains), deviation = standard_deviation(gains);
  const auto draws = static_cast<double>(settings.draws);
  NormalNull null;
  std::vector<double> drawn(gains.size());
  for (long draw = 0; draw < settings.draws; ++draw) {
    for (auto& x : drawn) x = normal(random);
    null.least += (centre + deviation * std::ranges::min(drawn)) / draws;
    null.largest += (centre + deviation * std::ranges::max(drawn)) / draws;
    null.skewness.push_back(skewness(drawn));  // the same at any centre and deviation
  }
  return null;
}

}  // namespace

double skewness(std::span<const double> x) {
  const double centre = mean(x);
  double second = 0, third = 0;
  for (const double value : x) {
    const double apart = value - centre;
    second += apart * apart;
    third += apart * apart * apart;
  }
  const auto n = static_cast<double>(x.size());
  return third / n / std::pow(second / n, 1.5);
}

Numbers spread_numbers(const Rows& gains, const NullSettings& settings) {
  const auto& layer = gains[gains.size() / 2];
  const auto null = normal_null(layer, settings);
  Numbers numbers{{"gains.min.layer_mid", plain(std::ranges::min(layer), "gain")},
                  {"gains.max.layer_mid", plain(std::ranges::max(layer), "gain")},
                  {"gains.min.null.layer_mid", plain(null.least, "gain")},
                  {"gains.max.null.layer_mid", plain(null.largest, "gain")}};
  if (mean(layer) != 0)
    numbers["gains.cv.layer_mid"] = plain(coefficient_of_variation(layer), "ratio");
  if (is_constant(layer)) return numbers;
  numbers["gains.skewness.layer_mid"] = plain(skewness(layer), "skewness");
  numbers["gains.skewness.null_95.layer_mid"] = plain(quantile(null.skewness, 0.95), "skewness");
  return numbers;
}

std::vector<double> smallest_gains(const Rows& gains) {
  std::vector<double> smallest;
  for (const auto& layer : gains) smallest.push_back(std::ranges::min(layer));
  return smallest;
}

double median_fading(const Rows& gains) { return 1 - median(smallest_gains(gains)); }

}  // namespace rc
