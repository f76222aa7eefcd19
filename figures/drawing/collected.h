// Single numbers of a run, as stage collect wrote them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "figures/drawing/field.h"

namespace rc {

/// A number with its interval; both ends are the value where it has none.
struct Collected {
  double value, lo, hi;
};

/// Of numbers.json, the number that the main arm has under `name` and `arm` under its own; none
/// where the run lacks it.
std::optional<Collected> collected(const Field& run, const std::string& name,
                                   const std::string& arm);

/// The arms of the run in its order.
std::vector<std::string> collected_arms(const Field& run);

}  // namespace rc
