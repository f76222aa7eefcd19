// From numbers to verdicts: the rules of paper/claims.md as code.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "paper/verdict/p_value.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

enum class Verdict {
  kReproduced,
  kPartly,  // some of the rule's conditions hold
  kNotReproduced,
  kExplainedByControl,  // the number reproduces, and so does its null
  kNotMeasured,         // the run lacks a number the rule reads
  kContext,  // a fact the other claims stand on; paper/claims.md sets no threshold for it
};

inline constexpr Verdict kVerdicts[] = {Verdict::kReproduced,    Verdict::kPartly,
                                        Verdict::kNotReproduced, Verdict::kExplainedByControl,
                                        Verdict::kNotMeasured,   Verdict::kContext};

std::string_view verdict_word(Verdict verdict);  // "explained by control"
std::string verdict_key(Verdict verdict);        // "explained_by_control", its name in templates

/// One inequality of a rule, and whether it holds.
struct Clause {
  std::string words;  // "middle third under a quarter of d_k"
  bool holds;
};

struct Ruling {
  Verdict verdict;
  std::string why;  // the clauses that decided; may be empty
};

/// All conditions and no null: reproduced. All conditions and a null that meets them too: explained
/// by control. Some conditions: partly. None: not reproduced.
Ruling judge(const std::vector<Clause>& conditions, const std::vector<Clause>& nulls = {});

/// One row of paper/claims.md. Sentences name numbers as {name.format} (paper/text/number_text.h).
struct Claim {
  std::string id;
  std::string title;     // at most 28 columns, for a terminal
  std::string claim;     // what the original says, in one sentence
  std::string rule;      // when it counts as reproduced
  std::string original;  // the original's value
  std::string ours;      // headline number with its format
  std::string ours_is;   // what that number is
  std::string control;   // the number it is held against, with its format
  std::string control_is;
  std::string facts;  // what was measured; every number named here must be there for a verdict
  /// What the controls gave. A sentence whose numbers are missing is left out.
  std::vector<std::string> control_facts;
  std::string without_control;  // said where every control sentence was left out
  std::string brought_by;       // said where the claim was not measured: what would measure it
  /// Numbers that must be above zero for the rule to mean anything.
  std::vector<std::string> positive = {};
  bool trained = true;  // rests on training runs, so that seeds count
  std::function<Ruling(const Numbers&)> rule_of;
  /// The inequality that decides, and its one-sided p-value; neither where nothing is known of how
  /// its numbers scatter.
  std::string p_is = {};
  std::function<Probability(const Numbers&)> p_of = {};
};

/// All claims in the order of paper/claims.md.
std::span<const Claim> claims();

/// The verdict on one claim with the sentences that say why, as numbers.json holds it: title,
/// claim, rule, original, ours, control, verdict, key, reason, one_seed, p, p_is. "ours" and
/// "control" are names of numbers, "" where the number is missing; "ours_format" tells how to write
/// it, "ours_is" what it is, and so for the control. "p" is null where there is none.
nlohmann::json verdict_on(const Claim& claim, const Numbers& numbers);

/// Verdicts on all claims by id. Each has "p_holm" besides, its p after Holm's correction over all
/// claims that have one, and tells both at the end of its reason.
nlohmann::json verdicts(const Numbers& numbers);

}  // namespace rc
