// Results with a unit, the number of seeds behind them and an interval.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace rc {

/// Methods of intervals that more than one place names: Student's over one value a seed, and over
/// one value a validation sequence.
inline constexpr const char* kOverSeeds = "t over seeds";
inline constexpr const char* kOverSequences = "t over sequences";

struct Interval {
  double lo = 0;
  double hi = 0;
  double level = 0.95;
  std::string method;  // kOverSeeds, kOverSequences, "quantiles over draws", ...
};

struct Number {
  double value = 0;
  std::string unit;  // "nats/token", "dimensions", "ratio", "tokens/s", "s", ...
  int n = 1;         // seeds
  std::optional<Interval> interval;
  /// What each seed gave, where there are several: two numbers are compared seed by seed.
  std::map<long, double> by_seed = {};
};

using Numbers = std::map<std::string, Number>;

nlohmann::json to_json(const Number& number);
Number number_from_json(const nlohmann::json& value);  // UserError if malformed or not finite
nlohmann::json to_json(const Numbers& numbers);
Numbers numbers_from_json(const nlohmann::json& value);

}  // namespace rc
