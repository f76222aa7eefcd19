// Stage files as the stages write them, with made-up values: for the tests of this room.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// What stage `stage` (train, measure-rank, ablate, correlate, time-kernels) writes for an arm and
/// a seed. Values are plausible, differ a little between seeds, and mean nothing.
nlohmann::json synthetic_result(const std::string& stage, const std::string& arm, long seed);

/// What tokenize writes as tokens.json.
nlohmann::json synthetic_tokens();

/// Every arm there is, the main one first.
const std::vector<std::string>& all_arms();

/// numbers.json of one seed and these arms, as collect makes it from these files.
nlohmann::json synthetic_collection(const std::vector<std::string>& arms = {"learned"});

}  // namespace rc
