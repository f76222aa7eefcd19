// From numbers to verdicts: the rules of paper/claims.md as code.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "paper/verdict/ruling.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// One row of paper/claims.md. Sentences name numbers as {name.format} (paper/text/number_text.h).
/// Design goal: whether a claim is measured its rule alone says; a sentence or a cell of a table
/// whose number the run lacks is left out.
struct Claim {
  std::string id = {};
  std::string title = {};                 // at most 30 columns, for a terminal
  std::string claim = {};                 // what the original says, in one sentence
  std::string rule = {};                  // when it counts as reproduced
  std::string original = {};              // the original's value
  std::vector<std::string> ours = {};     // headline number with its format: the first there is
  std::string ours_is = {};               // what that number is
  std::vector<std::string> control = {};  // the number it is held against, likewise
  std::string control_is = {};
  std::vector<std::string> facts = {};     // at most three sentences on what was measured
  std::vector<std::string> arms = {};      // it is held against, besides the main one
  std::string brought_by = {};             // what gives the numbers of the main arm
  std::string sequences = {};              // the number that counts those its losses are taken over
  std::vector<std::string> positive = {};  // numbers without which, above zero, the rule is empty
  bool shares = false;                     // reads shares of the attention benefit (Yardstick)
  bool surgery = false;                    // cuts a trained model
  bool trained = true;                     // rests on training runs, so that seeds count
  std::function<Ruling(const Numbers&)> rule_of = {};
};

/// All claims in the order of paper/claims.md.
std::span<const Claim> claims();

/// The verdict on one claim with the sentences that say why, as numbers.json holds it: title,
/// claim, rule, original, ours, control, verdict, key, reason, few_seeds, p, p_is. "ours" and
/// "control" are names of numbers, "" where the number is missing; "ours_format" tells how to write
/// it, "ours_is" what it is, and so for the control. "few_seeds": it rests on fewer than
/// kEnoughSeeds. "p" is null where there is none.
nlohmann::json verdict_on(const Claim& claim, const Numbers& numbers);

/// Verdicts on all claims by id. Each has "p_holm" besides, its p after Holm's correction over all
/// claims that have one, and tells both at the end of its reason.
nlohmann::json verdicts(const Numbers& numbers);

}  // namespace rc
