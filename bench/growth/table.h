// What was measured, as tables of at most 80 columns and as a picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/growth/fit.h"
#include "bench/growth/samples.h"

namespace rc {

enum class Measure { kTime, kMemory };

/// Seconds or bytes: the least of the rounds, a value a point.
std::vector<double> least(const Growth& growth, Measure measure);

/// Nothing where there is no growth, or too little of a memory beside what libraries hold.
std::optional<Exponent> measured_exponent(const Growth& growth, Measure measure);
std::optional<double> counted_exponent(const Growth& growth, Measure measure);

/// A memory that stays as it is.
bool is_flat(const Growth& growth);

/// The whole range lies above the theory, by more than the counts are to be trusted.
bool is_worse(const Growth& growth, Measure measure);

std::string growth_table(const std::vector<Growth>& all);

/// SVG: time above memory, a column for each quantity that all stages know; axes are logarithmic.
std::string growth_picture(const std::vector<Growth>& all);

}  // namespace rc
