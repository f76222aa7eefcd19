// Do the headline numbers still say what they said when someone last looked?
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/numbers.h"

namespace rc {

/// A number that must not drift: |now - value| <= atol + rtol * |value|.
struct Expectation {
  std::string name;
  double value = 0;
  double atol = 0;
  double rtol = 0;
  std::string why;  // what the tolerance allows for
  double allowed() const;
};

struct Outcome {
  Expectation expected;
  bool missing = false;
  double now = 0;
  bool ok() const;
};

/// File paper/expected/<profile>.json: {name: {"value", "atol", "rtol", "why"}}. UserError if
/// malformed or a tolerance is negative.
std::vector<Expectation> expectations_from_json(const nlohmann::json& file);
nlohmann::json to_json(const std::vector<Expectation>& expectations);

/// What is watched where no file says so yet: name and tolerances, no values.
std::vector<Expectation> headline_numbers();

/// `watched` with the values of `numbers`; names the run lacks are left out.
std::vector<Expectation> accept(std::vector<Expectation> watched, const Numbers& numbers);

std::vector<Outcome> compare(const std::vector<Expectation>& expectations, const Numbers& numbers);

/// A table of at most 80 columns.
std::string check_table(const std::vector<Outcome>& outcomes);

}  // namespace rc
