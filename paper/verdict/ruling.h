// From the clauses of a rule to a verdict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "paper/verdict/clause.h"

namespace rc {

enum class Verdict {
  kReproduced,
  kPartly,  // some of the rule's conditions hold
  kNotReproduced,
  kExplainedByControl,  // the number reproduces, and so does its control
  kNotMeasured,         // the run lacks a number or a control that would decide
  kContext,  // a fact the other claims stand on; paper/claims.md sets no threshold for it
};

inline constexpr Verdict kVerdicts[] = {Verdict::kReproduced,    Verdict::kPartly,
                                        Verdict::kNotReproduced, Verdict::kExplainedByControl,
                                        Verdict::kNotMeasured,   Verdict::kContext};

std::string_view verdict_word(Verdict verdict);  // "explained by control"
std::string verdict_key(Verdict verdict);        // "explained_by_control", its name in templates

struct Ruling {
  Verdict verdict = Verdict::kNotMeasured;
  std::string why = {};      // the clauses that decided; may be empty
  std::string missing = {};  // where not measured: what the run lacks
  Probability p = {};        // of all conditions
  std::string p_is = {};     // these, in words
  int seeds = 1;             // fewest behind what was compared
};

/// One condition unknown: not measured, as it may have been met or missed. All met: explained by
/// control where a control holds too; not measured where none does and one is unknown; else
/// reproduced. Some met: partly. None: not reproduced.
Ruling judge(const std::vector<Clause>& conditions, const std::vector<Clause>& controls = {});

/// Explained by control, where the control holds; not measured where that is unknown; else what
/// `otherwise` says.
Ruling unless_explained(const Clause& control, const Ruling& otherwise);

/// No verdict: context where the number is there.
Ruling context(const Quantity& quantity);

/// "a", "a and b", "a, b and c".
std::string enumerate(const std::vector<std::string>& words);

}  // namespace rc
