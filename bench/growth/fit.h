// Exponents of what was measured while a quantity was doubled again and again.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace rc {

/// p of y = b x^p, x = 1, 2, 4, ...: the least-squares line through the logarithms, two values or
/// more. For times, of which a constant part is small where the exponent is taken.
double power(std::span<const double> y);

/// p of y = a + b x^p: what a doubling adds is itself a power, without a. For memory, where what
/// programs and libraries hold is never small. Nothing where a doubling adds less than `least`,
/// which is no growth.
std::optional<double> power_of_growth(std::span<const double> y, double least);

struct Exponent {
  double value = 0, lo = 0, hi = 0;
};

/// What `fit` finds in the least sample of each point: what other programs do only adds. The range
/// is of all choices between the two least of each. Nothing where it finds none in the least.
using Fit = std::function<std::optional<double>(std::span<const double>)>;
std::optional<Exponent> exponent_of(std::vector<std::vector<double>> points, const Fit& fit);

}  // namespace rc
