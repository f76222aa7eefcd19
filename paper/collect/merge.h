// Many stage files, one table of numbers: seeds become n and an interval, arms become part of a
// name.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/statistics/arm_names.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// What one stage wrote for one seed and arm.
struct StageResult {
  std::filesystem::path file;
  std::string arm = kMainArm;  // of a stage that runs once a profile: the main arm
  long seed = 0;
  bool once = false;  // no seeds behind it
  Numbers numbers = {};
  nlohmann::json data = {};  // the whole file
};

/// Reads and checks a stage's JSON. UserError names the file and the number that is malformed, not
/// finite or badly named.
StageResult read_result(const std::filesystem::path& file);

/// UserError unless `name` is lower-case words parted by dots and does not end in a format.
void check_name(const std::string& name);

/// Adds a number under a name that must be new. UserError if it is not.
void add_new(Numbers& numbers, const std::string& name, const Number& number);

/// What several seeds gave: their mean, Student's interval over them, and each.
Number over_seeds(const std::map<long, double>& by_seed, const std::string& unit);

/// Numbers over all seeds, as over_seeds where there are kEnoughSeeds or more; of fewer the
/// interval is one over sequences, where they have it (paper/claims.md, Statistics 1). UserError if
/// two stages give one name, or two seeds two units.
Numbers merge(const std::vector<StageResult>& results);

}  // namespace rc
