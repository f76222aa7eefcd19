#include "paper/verdict/p_value.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

bool all_known(const std::vector<Probability>& parts) {
  return !parts.empty() && std::ranges::all_of(parts, [](const auto& p) { return p.has_value(); });
}

}  // namespace

Probability p_below(const Quantity& quantity, double limit) {
  if (quantity.by_seed.size() < kEnoughSeeds) return std::nullopt;
  std::vector<double> values;
  for (const auto& [seed, value] : quantity.by_seed) values.push_back(value);
  const auto n = static_cast<double>(values.size());
  const double error = standard_deviation(values) / std::sqrt(n);
  if (!(error > 0)) return std::nullopt;
  return cdf(boost::math::students_t(n - 1), (mean(values) - limit) / error);
}

Probability p_above(const Quantity& quantity, double limit) {
  return p_below(-1.0 * quantity, -limit);
}

Probability p_of_permutation(const Numbers& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  if (found == numbers.end() || found->second.n < kEnoughSeeds) return std::nullopt;
  const auto& [value, unit, n, interval, by_seed] = found->second;
  return by_seed.empty() ? value : std::min(1.0, 2 * value);
}

Probability p_of_all(const std::vector<Probability>& parts) {
  return all_known(parts) ? *std::ranges::max_element(parts) : std::nullopt;
}

Probability p_of_any(const std::vector<Probability>& parts) {
  if (!all_known(parts)) return std::nullopt;
  const double least = **std::ranges::min_element(parts);
  return std::min(1.0, least * static_cast<double>(parts.size()));
}

}  // namespace rc
