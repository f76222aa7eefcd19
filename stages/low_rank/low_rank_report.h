// What was measured, as low_rank.json.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/statistics/numbers.h"
#include "stages/low_rank/low_rank.h"

namespace rc {

/// lowrank.<method>.<percent> and its share of the uniform benefit; lowrank.floats.<percent>;
/// lowrank.<method>.restore_operations, at the percentage where the claim looks.
Numbers low_rank_numbers(const LowRank& measured, const ModelConfig& config);

/// "percent" and "floats" (of a key head and token), "baseline", "uniform_attention", "units", and
/// "methods": rise with its interval, operations at each percentage, and what the method says of
/// itself ("title", "legend", "folded", "each_step", "place").
nlohmann::json low_rank_report(const LowRank& measured, const ModelConfig& config);

}  // namespace rc
