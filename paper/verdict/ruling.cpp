#include "paper/verdict/ruling.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace rc {
namespace {

std::string words_of(const std::vector<Clause>& clauses, Answer answer) {
  std::vector<std::string> words;
  for (const Clause& clause : clauses)
    if (clause.answer == answer) words.push_back(clause.words);
  return enumerate(words);
}

bool any(const std::vector<Clause>& clauses, Answer answer) {
  return std::ranges::any_of(clauses, [&](const Clause& c) { return c.answer == answer; });
}

/// Not measured, if one of them is unknown.
Ruling open(const std::vector<Clause>& clauses) {
  const auto found = std::ranges::find(clauses, Answer::kUnknown, &Clause::answer);
  return {.missing = found->missing};
}

std::string explanation(const std::string& words) {
  return fmt::format("Explained by: {}.", words);
}

Ruling decided(const std::vector<Clause>& conditions, const std::vector<Clause>& controls) {
  if (any(conditions, Answer::kUnknown)) return open(conditions);
  const auto missed = words_of(conditions, Answer::kNo), met = words_of(conditions, Answer::kYes);
  if (met.empty()) return {Verdict::kNotReproduced, fmt::format("Not met: {}.", missed)};
  if (!missed.empty()) return {Verdict::kPartly, fmt::format("Met: {}; not met: {}.", met, missed)};
  if (any(controls, Answer::kYes))
    return {Verdict::kExplainedByControl, explanation(words_of(controls, Answer::kYes))};
  if (any(controls, Answer::kUnknown)) return open(controls);
  return {Verdict::kReproduced};
}

}  // namespace

std::string_view verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kReproduced:
      return "reproduced";
    case Verdict::kPartly:
      return "partly";
    case Verdict::kNotReproduced:
      return "not reproduced";
    case Verdict::kExplainedByControl:
      return "explained by control";
    case Verdict::kNotMeasured:
      return "not measured";
    case Verdict::kContext:
      return "context";
  }
  throw std::logic_error("no such verdict");
}

std::string verdict_key(Verdict verdict) {
  std::string key(verdict_word(verdict));
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

Ruling judge(const std::vector<Clause>& conditions, const std::vector<Clause>& controls) {
  Ruling ruling = decided(conditions, controls);
  const Clause all = both(conditions, "");
  ruling.p = all.p;
  std::vector<std::string> words;
  for (const Clause& condition : conditions) words.push_back(condition.words);
  ruling.p_is = enumerate(words);
  ruling.seeds = all.seeds;
  for (const Clause& control : controls)
    if (!control.unknown()) ruling.seeds = std::min(ruling.seeds, control.seeds);
  return ruling;
}

Ruling unless_explained(const Clause& control, const Ruling& otherwise) {
  if (control.fails()) return otherwise;
  Ruling ruling = otherwise;
  ruling.verdict = control.holds() ? Verdict::kExplainedByControl : Verdict::kNotMeasured;
  ruling.why = control.holds() ? explanation(control.words) : "";
  ruling.missing = control.missing;
  return ruling;
}

Ruling context(const Quantity& quantity) {
  if (quantity.missing) return {.missing = *quantity.missing};
  return {.verdict = Verdict::kContext, .seeds = quantity.seeds};
}

std::string enumerate(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return out;
}

}  // namespace rc
