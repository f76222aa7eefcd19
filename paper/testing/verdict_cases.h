// Verdicts on made-up numbers: for the tests of the rules.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "paper/verdict/verdict.h"

namespace rc {

using NamedValues = std::vector<std::pair<std::string, double>>;

/// The claim of that id.
const Claim& claim(const std::string& id);

/// Numbers of an invented run of one seed in which every rule is met and no control explains it,
/// with some set or added. A number that is set keeps the reach of its interval.
Numbers numbers_with(const NamedValues& values);

/// `numbers` without those that these arms gave, and without those whose names start so.
Numbers without_arms(const std::vector<std::string>& arms, Numbers numbers = numbers_with({}));
Numbers without(const std::vector<std::string>& prefixes, Numbers numbers = numbers_with({}));

/// The verdict's word: "reproduced", "partly", ...
std::string verdict_of(const std::string& id, const Numbers& numbers);
std::string verdict_with(const std::string& id, const NamedValues& values);
std::string reason_of(const std::string& id, const Numbers& numbers);

/// One row of a claim's table: what the rule must say of the invented run with these changes.
struct Case {
  std::string verdict;
  NamedValues values = {};
  std::vector<std::string> no_arms = {};     // that did not run
  std::vector<std::string> no_numbers = {};  // by the beginnings of their names
  std::string why = "";                      // what the row is about
};

/// Every row, and that the rows have each of these verdicts: all that the rule can give. Where an
/// arm did not run and nothing is measured, the reason must name the arm and the command.
void expect_verdicts(const std::string& id, const std::vector<std::string>& possible,
                     const std::vector<Case>& cases);

/// `number` as several seeds give it: mean and Student's interval over these values.
Number over_seeds(const std::vector<double>& values);

}  // namespace rc
