// Results with a unit, the number of seeds behind them and an interval.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace rc {

struct Interval {
  double lo = 0;
  double hi = 0;
  double level = 0.95;
  std::string method;  // "bootstrap over sequences", "t over seeds", "quantiles over draws"
};

struct Number {
  double value = 0;
  std::string unit;  // "nats/token", "dimensions", "ratio", "tokens/s", "s", ...
  int n = 1;         // seeds
  std::optional<Interval> interval;
};

using Numbers = std::map<std::string, Number>;

nlohmann::json to_json(const Number& number);
Number number_from_json(const nlohmann::json& value);  // UserError if malformed or not finite
nlohmann::json to_json(const Numbers& numbers);
Numbers numbers_from_json(const nlohmann::json& value);

}  // namespace rc
