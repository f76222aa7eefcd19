#include "paper/verdict/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "paper/text/number_text.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

/// "a", "a and b", "a, b and c".
std::string enumerate(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i)
    out += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return out;
}

std::string words_of(const std::vector<Clause>& clauses, bool that_hold) {
  std::vector<std::string> words;
  for (const Clause& clause : clauses)
    if (clause.holds == that_hold) words.push_back(clause.words);
  return enumerate(words);
}

bool any(const std::vector<Clause>& clauses) {
  return std::any_of(clauses.begin(), clauses.end(), [](const Clause& c) { return c.holds; });
}

bool all(const std::vector<Clause>& clauses) {
  return std::all_of(clauses.begin(), clauses.end(), [](const Clause& c) { return c.holds; });
}

bool has_all(const Numbers& numbers, const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return numbers.contains(name); });
}

std::string first_not_positive(const Claim& claim, const Numbers& numbers) {
  for (const auto& name : claim.positive)
    if (find_number(numbers, name).value <= 0) return name;
  return {};
}

Ruling ruling_on(const Claim& claim, const Numbers& numbers) {
  auto names = names_in(claim.facts);
  names.insert(names.end(), claim.positive.begin(), claim.positive.end());
  for (const auto& name : names)
    if (!numbers.contains(name))
      return {Verdict::kNotMeasured,
              fmt::format("This run has no {}; {}.", name, claim.brought_by)};
  if (const auto name = first_not_positive(claim, numbers); !name.empty())
    return {Verdict::kNotMeasured, fmt::format("{} is {}, so no share of it means anything.", name,
                                               number_text(numbers, name + ".s4"))};
  return claim.rule_of(numbers);
}

std::string control_sentences(const Claim& claim, const Numbers& numbers) {
  std::string out;
  for (const auto& sentence : claim.control_facts)
    if (has_all(numbers, names_in(sentence))) out += fmt::format(" {}", fill(sentence, numbers));
  if (out.empty() && !claim.without_control.empty())
    return fmt::format(" {}", claim.without_control);
  return out;
}

std::string reason(const Claim& claim, const Ruling& ruling, const Numbers& numbers) {
  if (ruling.verdict == Verdict::kNotMeasured) return ruling.why;
  return fmt::format("{}{}{}{}", fill(claim.facts, numbers), control_sentences(claim, numbers),
                     ruling.why.empty() ? "" : " ", ruling.why);
}

/// Sets "<field>" to the number's name and "<field>_format" to how it is written; both are empty
/// where there is no such number.
void set_reference(json& verdict, const std::string& field, const std::string& text,
                   const std::string& meaning, const Numbers& numbers) {
  Reference reference = text.empty() ? Reference{} : parse_reference(text);
  if (!numbers.contains(reference.name)) reference = {};
  verdict[field] = reference.name;
  verdict[field + "_format"] = reference.format;
  verdict[field + "_is"] = meaning;
}

json p_of(const Claim& claim, const Ruling& ruling, const Numbers& numbers) {
  if (!claim.p_of || ruling.verdict == Verdict::kNotMeasured) return nullptr;
  const auto p = claim.p_of(numbers);
  return p ? json(*p) : json(nullptr);
}

/// "p = 0.003, 0.02 after Holm's correction over 11 claims."
std::string p_sentence(double p, double adjusted, std::size_t claims) {
  const auto text = p_text(p);
  return fmt::format("p {}{}, {} after Holm's correction over {} claim{}.",
                     text.starts_with('<') ? "" : "= ", text, p_text(adjusted), claims,
                     claims == 1 ? "" : "s");
}

/// Asking many questions, some get a small p by luck: each claim's p is corrected for the others.
void correct_for_many(json& verdicts) {
  std::vector<std::string> ids;
  std::vector<double> p;
  for (auto& [id, verdict] : verdicts.items()) {
    verdict["p_holm"] = nullptr;
    if (verdict.at("p").is_null()) continue;
    ids.push_back(id);
    p.push_back(verdict.at("p"));
  }
  const auto adjusted = holm(p);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    json& verdict = verdicts[ids[i]];
    verdict["p_holm"] = adjusted[i];
    verdict["reason"] = fmt::format("{} {}", verdict["reason"].get<std::string>(),
                                    p_sentence(p[i], adjusted[i], p.size()));
  }
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

Ruling judge(const std::vector<Clause>& conditions, const std::vector<Clause>& nulls) {
  if (all(conditions)) {
    if (!any(nulls)) return {Verdict::kReproduced, ""};
    return {Verdict::kExplainedByControl,
            fmt::format("The rule is met as well by {}.", words_of(nulls, true))};
  }
  const auto missed = words_of(conditions, false);
  if (!any(conditions)) return {Verdict::kNotReproduced, fmt::format("Missed: {}.", missed)};
  return {Verdict::kPartly,
          fmt::format("Met: {}; missed: {}.", words_of(conditions, true), missed)};
}

json verdict_on(const Claim& claim, const Numbers& numbers) {
  const Ruling ruling = ruling_on(claim, numbers);
  json out = {{"title", claim.title},
              {"claim", claim.claim},
              {"rule", claim.rule},
              {"original", fill(claim.original, numbers)},
              {"verdict", verdict_word(ruling.verdict)},
              {"key", verdict_key(ruling.verdict)},
              {"reason", reason(claim, ruling, numbers)},
              {"p", p_of(claim, ruling, numbers)},
              {"p_is", claim.p_is}};
  set_reference(out, "ours", claim.ours, claim.ours_is, numbers);
  const auto ours = numbers.find(out["ours"]);
  // A control says nothing where there is nothing to hold against it.
  set_reference(out, "control", ours == numbers.end() ? "" : claim.control, claim.control_is,
                numbers);
  out["one_seed"] = claim.trained && ruling.verdict != Verdict::kNotMeasured &&
                    ours != numbers.end() && ours->second.n == 1;
  return out;
}

json verdicts(const Numbers& numbers) {
  json out;
  for (const Claim& claim : claims()) out[claim.id] = verdict_on(claim, numbers);
  correct_for_many(out);
  return out;
}

}  // namespace rc
