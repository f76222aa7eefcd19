// Taking cases in turn, and comparing what was taken side by side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace rc {

/// Seconds of one case, one entry a repetition.
using Samples = std::vector<double>;

/// Asks for seconds_of(case) of all cases in every repetition, in a new random order each time: a
/// disturbance of the machine, or a clock that drifts, falls on all of them alike, and entry r of
/// two cases may be compared as a pair. The result is by case, in their own order.
std::vector<Samples> interleaved(std::size_t cases, long repetitions, std::uint64_t seed,
                                 const std::function<double(std::size_t)>& seconds_of);

/// Ratio of two times of one repetition, an entry a repetition.
Samples paired_ratios(const Samples& over, const Samples& under);

/// Median over repetitions of the ratio of two times of one repetition.
double paired_ratio(const Samples& over, const Samples& under);

}  // namespace rc
