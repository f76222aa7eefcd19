#include "paper/verdict/p_value.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace rc {
namespace {

using boost::math::normal;
using boost::math::students_t;

constexpr double kNormal = std::numeric_limits<double>::infinity();

double critical_value(double level, double degrees) {
  const double upper = (1 + level) / 2;
  return std::isinf(degrees) ? quantile(normal(), upper) : quantile(students_t(degrees), upper);
}

/// Chance of a value this many standard errors from its mean, or one below it.
double lower_tail(double distance, double degrees) {
  return std::isinf(degrees) ? cdf(normal(), distance) : cdf(students_t(degrees), distance);
}

const Number* find(const Numbers& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  return found == numbers.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<Sampling> sampling_of(const Number& number) {
  if (!number.interval) return std::nullopt;
  const Interval& interval = *number.interval;
  const bool over_seeds = interval.method == "t over seeds" && number.n > 1;
  if (!over_seeds && interval.method != "bootstrap over sequences") return std::nullopt;
  const double degrees = over_seeds ? number.n - 1 : kNormal;
  const double half = (interval.hi - interval.lo) / 2;
  if (!(half > 0)) return std::nullopt;
  return Sampling{half / critical_value(interval.level, degrees), degrees};
}

Probability p_below(const Numbers& numbers, const std::string& name, double limit) {
  const Number* number = find(numbers, name);
  const auto sampling = number ? sampling_of(*number) : std::nullopt;
  if (!sampling) return std::nullopt;
  return lower_tail((number->value - limit) / sampling->error, sampling->degrees);
}

Probability p_above(const Numbers& numbers, const std::string& name, double limit) {
  const auto below = p_below(numbers, name, limit);
  return below ? Probability(1 - *below) : std::nullopt;
}

Probability p_below_multiple(const Numbers& numbers, const std::string& name, double factor,
                             const std::string& other) {
  const Number *a = find(numbers, name), *b = find(numbers, other);
  const auto of_a = a ? sampling_of(*a) : std::nullopt, of_b = b ? sampling_of(*b) : std::nullopt;
  if (!of_a || !of_b) return std::nullopt;
  const double error = std::hypot(of_a->error, factor * of_b->error);
  return lower_tail((a->value - factor * b->value) / error, std::min(of_a->degrees, of_b->degrees));
}

Probability p_of_permutation(const Numbers& numbers, const std::string& name) {
  const Number* number = find(numbers, name);
  if (!number) return std::nullopt;
  return number->n == 1 ? number->value : std::min(1.0, 2 * number->value);
}

Probability p_of_all(const std::vector<Probability>& parts) {
  Probability largest;
  for (const Probability& part : parts) {
    if (!part) return std::nullopt;
    largest = std::max(largest.value_or(0), *part);
  }
  return largest;
}

}  // namespace rc
