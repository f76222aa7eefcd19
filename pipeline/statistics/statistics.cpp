#include "pipeline/statistics/statistics.h"

#include <xxhash.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace rc {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

constexpr double kTie = 1e-9;  // of the largest value: sums of one set differ in their last bits
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Sorting has no order for NaN, and no end to promise.
bool has_nan(std::span<const double> x) {
  return std::any_of(x.begin(), x.end(), [](double v) { return std::isnan(v); });
}

/// Sum of squared distances from the mean.
double squares_about_mean(std::span<const double> x) {
  const double centre = mean(x);
  return std::accumulate(x.begin(), x.end(), 0.0, [centre](double sum, double v) {
    return sum + (v - centre) * (v - centre);
  });
}

std::vector<double> centred(std::span<const double> x) {
  const double centre = mean(x);
  std::vector<double> out(x.begin(), x.end());
  for (double& v : out) v -= centre;
  return out;
}

/// Quantile of numbers already in order.
double quantile_of_sorted(std::span<const double> sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const double fraction = position - static_cast<double>(below);
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

}  // namespace

double mean(std::span<const double> x) {
  require(!x.empty(), "mean of nothing");
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double median(std::span<const double> x) { return quantile(x, 0.5); }

double quantile(std::span<const double> x, double q) {
  require(!x.empty() && q >= 0 && q <= 1, "quantile of nothing, or not in 0..1");
  if (has_nan(x)) return kNaN;
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  return quantile_of_sorted(sorted, q);
}

double standard_deviation(std::span<const double> x) {
  if (x.size() < 2) return 0;
  return std::sqrt(squares_about_mean(x) / static_cast<double>(x.size() - 1));
}

double coefficient_of_variation(std::span<const double> x) {
  return std::sqrt(squares_about_mean(x) / static_cast<double>(x.size())) / mean(x);
}

bool is_constant(std::span<const double> x) {
  return std::ranges::all_of(x, [&](double value) { return value == x.front(); });
}

double cosine(std::span<const double> x, std::span<const double> y) {
  require(x.size() == y.size(), "cosine of vectors of two lengths");
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  const double norms = std::sqrt(dot(x, x)) * std::sqrt(dot(y, y));
  return norms == 0 ? 0 : dot(x, y) / norms;
}

double pearson(std::span<const double> x, std::span<const double> y) {
  return cosine(centred(x), centred(y));
}

double spearman(std::span<const double> x, std::span<const double> y) {
  return pearson(mid_ranks(x), mid_ranks(y));
}

double partial_spearman(std::span<const double> x, std::span<const double> y,
                        std::span<const double> z) {
  constexpr double kNothingLeft = 1e-12;  // of the variance of ranks, to rounding
  const double xy = spearman(x, y), xz = spearman(x, z), yz = spearman(y, z);
  const double left_of_x = 1 - xz * xz, left_of_y = 1 - yz * yz;
  if (std::min(left_of_x, left_of_y) < kNothingLeft)
    return std::numeric_limits<double>::quiet_NaN();
  return (xy - xz * yz) / std::sqrt(left_of_x * left_of_y);
}

std::vector<double> mid_ranks(std::span<const double> x) {
  if (has_nan(x)) return std::vector<double>(x.size(), kNaN);
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [x](auto a, auto b) { return x[a] < x[b]; });
  std::vector<double> ranks(x.size());
  for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
    while (next < order.size() && x[order[next]] == x[order[first]]) ++next;
    const double shared = static_cast<double>(first + 1 + next) / 2;  // mean of first+1 .. next
    for (std::size_t i = first; i < next; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

Interval t_interval(std::span<const double> x, double level) {
  require(x.size() >= 2, "a t interval needs two values");
  const auto n = static_cast<double>(x.size());
  const boost::math::students_t distribution(n - 1);
  const double reach =
      boost::math::quantile(distribution, (1 + level) / 2) * standard_deviation(x) / std::sqrt(n);
  return {mean(x) - reach, mean(x) + reach, level, kOverSeeds};
}

Interval bootstrap(std::size_t units, int draws, std::uint64_t seed,
                   const std::function<double(std::span<const std::size_t>)>& statistic,
                   double level) {
  require(units > 0 && draws > 0, "a bootstrap needs units and draws");
  auto random = generator(seed, "bootstrap");
  std::uniform_int_distribution<std::size_t> pick(0, units - 1);
  std::vector<std::size_t> resample(units);
  std::vector<double> values(static_cast<std::size_t>(draws));
  for (double& value : values) {
    for (std::size_t& index : resample) index = pick(random);
    value = statistic(resample);
  }
  return {quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2), level,
          "bootstrap over sequences"};
}

double permutation_p(double observed, std::span<const double> null) {
  if (std::isnan(observed) || has_nan(null)) return kNaN;
  double scale = std::abs(observed);
  for (const double v : null) scale = std::max(scale, std::abs(v));
  const double tie = observed - kTie * scale;
  const auto as_extreme =
      std::count_if(null.begin(), null.end(), [tie](double v) { return v >= tie; });
  return static_cast<double>(1 + as_extreme) / static_cast<double>(1 + null.size());
}

std::vector<double> holm(std::span<const double> p) {
  if (has_nan(p)) return std::vector<double>(p.size(), kNaN);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [p](auto a, auto b) { return p[a] < p[b]; });
  std::vector<double> adjusted(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double scaled = static_cast<double>(p.size() - rank) * p[order[rank]];
    largest = std::max(largest, std::min(scaled, 1.0));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

std::mt19937_64 generator(std::uint64_t seed, std::string_view label) {
  const std::uint64_t name = XXH3_64bits(label.data(), label.size());
  const auto low = [](std::uint64_t v) { return static_cast<std::uint32_t>(v); };
  std::seed_seq mixed{low(seed), low(seed >> 32), low(name), low(name >> 32)};
  return std::mt19937_64(mixed);
}

}  // namespace rc
