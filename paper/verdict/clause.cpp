#include "paper/verdict/clause.h"

#include <algorithm>
#include <cmath>

namespace rc {
namespace {

constexpr double kRounding = 1e-9;

Clause compared(const Quantity& quantity, bool holds, Probability p, std::string words) {
  if (quantity.missing) return {.words = std::move(words), .missing = *quantity.missing};
  return {std::move(words), holds ? Answer::kYes : Answer::kNo, p, quantity.seeds};
}

/// `decisive` is the answer that one part gives for all.
Clause joined(const std::vector<Clause>& parts, Answer decisive, Probability p, std::string words) {
  const auto given = [&](Answer answer) {
    return std::ranges::find(parts, answer, &Clause::answer);
  };
  Clause all{.words = std::move(words), .p = p};
  all.seeds = std::ranges::min_element(parts, {}, &Clause::seeds)->seeds;
  if (given(decisive) != parts.end()) {
    all.answer = decisive;
  } else if (const auto open = given(Answer::kUnknown); open != parts.end()) {
    all.missing = open->missing;
  } else {
    all.answer = parts.front().answer;
  }
  return all;
}

std::vector<Probability> p_of(const std::vector<Clause>& parts) {
  std::vector<Probability> p;
  std::ranges::transform(parts, std::back_inserter(p), &Clause::p);
  return p;
}

}  // namespace

Clause below(const Quantity& quantity, double limit, std::string words) {
  return compared(quantity, quantity.value < limit, p_below(quantity, limit), std::move(words));
}

Clause above(const Quantity& quantity, double limit, std::string words) {
  return compared(quantity, quantity.value > limit, p_above(quantity, limit), std::move(words));
}

Clause at_least(const Quantity& quantity, double limit, std::string words) {
  return compared(quantity, quantity.value >= limit - kRounding, p_above(quantity, limit),
                  std::move(words));
}

Clause at_most(const Quantity& quantity, double limit, std::string words) {
  return compared(quantity, quantity.value <= limit + kRounding, p_below(quantity, limit),
                  std::move(words));
}

Clause within(const Quantity& quantity, double reach, std::string words) {
  return both(at_most(quantity, reach, ""), at_least(quantity, -reach, ""), std::move(words));
}

Clause surely_below(const Numbers& numbers, const std::string& name, double limit,
                    std::string words) {
  const Quantity q = quantity(numbers, name);
  if (!q.missing && !q.interval)
    return {.words = std::move(words), .missing = "interval of " + name};
  return compared(q, q.interval && q.interval->hi < limit, p_below(q, limit), std::move(words));
}

Clause both(const Clause& a, const Clause& b, std::string words) {
  return both(std::vector{a, b}, std::move(words));
}

Clause either(const Clause& a, const Clause& b, std::string words) {
  return either(std::vector{a, b}, std::move(words));
}

Clause both(const std::vector<Clause>& clauses, std::string words) {
  return joined(clauses, Answer::kNo, p_of_all(p_of(clauses)), std::move(words));
}

Clause either(const std::vector<Clause>& clauses, std::string words) {
  return joined(clauses, Answer::kYes, p_of_any(p_of(clauses)), std::move(words));
}

}  // namespace rc
