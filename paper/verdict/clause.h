// The inequalities rules are made of.
#pragma once

#include <string>
#include <vector>

#include "paper/verdict/p_value.h"
#include "paper/verdict/quantity.h"

namespace rc {

/// Whether an inequality holds; unknown where the run lacks a number it compares.
enum class Answer { kYes, kNo, kUnknown };

struct Clause {
  std::string words;  // "deep third under a quarter of the width"
  Answer answer = Answer::kUnknown;
  Probability p = {};        // one-sided (p_value.h)
  int seeds = 1;             // fewest behind what it compares
  std::string missing = {};  // where unknown: what the run lacks

  bool holds() const { return answer == Answer::kYes; }
  bool fails() const { return answer == Answer::kNo; }
  bool unknown() const { return answer == Answer::kUnknown; }
};

/// A limit itself is neither below nor above, and both at least and at most; the latter two allow
/// for the last digits of a sum.
Clause below(const Quantity& quantity, double limit, std::string words);
Clause above(const Quantity& quantity, double limit, std::string words);
Clause at_least(const Quantity& quantity, double limit, std::string words);
Clause at_most(const Quantity& quantity, double limit, std::string words);

/// -reach <= quantity <= reach; its p is that of two one-sided tests.
Clause within(const Quantity& quantity, double reach, std::string words);

/// The upper end of a number's interval under `limit`; unknown where it has no interval.
Clause surely_below(const Numbers& numbers, const std::string& name, double limit,
                    std::string words);

/// Both, or at least one, in Kleene's logic: what is known may decide without the rest.
Clause both(const Clause& a, const Clause& b, std::string words);
Clause either(const Clause& a, const Clause& b, std::string words);
Clause both(const std::vector<Clause>& clauses, std::string words);
Clause either(const std::vector<Clause>& clauses, std::string words);

}  // namespace rc
