// A number of a run as rules read it, or what follows from two.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Design goal: rules write `quantity(a) - 0.5 * quantity(b)`, and get a difference paired by seed
/// and, where the run lacks one of the two, the name of what it lacks.
struct Quantity {
  double value = 0;
  int seeds = 1;                            // fewest behind what it is made of
  std::map<long, double> by_seed = {};      // empty with one seed, and where no seed is behind it
  std::optional<Interval> interval = {};    // of a number as it was collected
  std::optional<std::string> missing = {};  // a number the run lacks: then nothing else is set
};

Quantity quantity(const Numbers& numbers, const std::string& name);

/// Seed by seed over the seeds that have both; the value is then their mean. A quantity without
/// by_seed counts as the same for every seed only if the other has none either: otherwise only the
/// values are compared.
Quantity operator-(const Quantity& a, const Quantity& b);
Quantity operator*(double factor, const Quantity& a);

}  // namespace rc
