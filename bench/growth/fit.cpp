#include "bench/growth/fit.h"

#include <algorithm>
#include <cmath>

namespace rc {

double power(std::span<const double> y) {
  const double middle = static_cast<double>(y.size() - 1) / 2;
  double covariance = 0, variance = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    covariance += x * std::log2(y[i]);
    variance += x * x;
  }
  return covariance / variance;
}

std::optional<double> power_of_growth(std::span<const double> y, double least) {
  std::vector<double> added;
  for (std::size_t i = 1; i < y.size(); ++i) {
    added.push_back(y[i] - y[i - 1]);
    if (added.back() < least) return std::nullopt;
  }
  return power(added);
}

std::optional<Exponent> exponent_of(std::vector<std::vector<double>> points, const Fit& fit) {
  for (auto& samples : points) std::ranges::sort(samples);
  const auto chosen = [&](std::size_t second) {  // a bit a point
    std::vector<double> y;
    for (std::size_t p = 0; p < points.size(); ++p)
      y.push_back(points[p][std::min(second >> p & 1, points[p].size() - 1)]);
    return fit(y);
  };
  const auto value = chosen(0);
  if (!value) return std::nullopt;
  Exponent found{*value, *value, *value};
  for (std::size_t second = 1; second < std::size_t{1} << points.size(); ++second)
    if (const auto other = chosen(second))
      found = {*value, std::min(found.lo, *other), std::max(found.hi, *other)};
  return found;
}

}  // namespace rc
