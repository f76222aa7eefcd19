// Verdicts on made-up numbers: for the tests of the rules.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "paper/verdict/verdict.h"

namespace rc {

using Values = std::vector<std::pair<std::string, double>>;

/// The claim of that id.
const Claim& claim(const std::string& id);

/// Numbers of an invented run with some set or added.
Numbers numbers_with(const Values& values);

/// The same without those of these prefixes.
Numbers numbers_without(const std::vector<std::string>& prefixes);

/// The verdict's word: "reproduced", "partly", ...
std::string verdict_of(const std::string& id, const Numbers& numbers);
std::string verdict_with(const std::string& id, const Values& values);

/// `numbers` with a loss difference whose interval reaches `half` to both sides.
Numbers difference(const std::string& arm, double value, double half,
                   Numbers numbers = numbers_with({}));

}  // namespace rc
