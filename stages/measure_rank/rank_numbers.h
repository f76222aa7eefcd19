// The numbers of rank.json: means over a third of the layers, at the first and the last snapshot.
#pragma once

#include "pipeline/statistics/numbers.h"
#include "stages/measure_rank/measurement.h"

namespace rc {

/// All numbers. Intervals are over sequences, the nulls held fixed: Student's where the number is a
/// mean of one value a sequence, the jackknife's where sequences are pooled.
Numbers rank_numbers(const MeasuredRun& run);

}  // namespace rc
