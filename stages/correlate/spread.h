// How uneven gains are: a few that survive and a rest that fades (claims A4 and C2)?
#pragma once

#include <span>
#include <vector>

#include "pipeline/statistics/numbers.h"
#include "stages/correlate/correlation.h"

namespace rc {

/// Third central moment over the second one to the power of 3/2, n in the denominators. Positive
/// where few lie far above the rest. `x` is not constant.
double skewness(std::span<const double> x);

/// gains.* of layer L/2: least, largest, coefficient of variation and skewness; and what as many
/// independent normal draws of the same mean and standard deviation show: their least and largest
/// on average, and the skewness below which 95 % of such draws stay. Constant gains have no
/// skewness, and gains of mean zero no coefficient of variation: they are left out.
Numbers spread_numbers(const Rows& gains, const NullSettings& settings);

/// The smallest gain of every layer.
std::vector<double> smallest_gains(const Rows& gains);

/// How far the smallest gain of a layer has fallen below 1, where all begin; median over the
/// layers.
double median_fading(const Rows& gains);

}  // namespace rc
