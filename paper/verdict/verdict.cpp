#include "paper/verdict/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "paper/text/number_text.h"
#include "paper/verdict/claims.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr double kEnoughSequences = 64;  // paper/claims.md, Statistics 3

bool has_all(const Numbers& numbers, const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [&](const auto& name) { return numbers.contains(name); });
}

/// Numbers that must be there and above zero.
std::vector<std::string> positive_numbers(const Claim& claim, const Numbers& numbers) {
  auto names = claim.positive;
  if (claim.shares) names.push_back(yardstick(numbers).benefit);
  return names;
}

Ruling ruling_on(const Claim& claim, const Numbers& numbers) {
  for (const auto& name : positive_numbers(claim, numbers)) {
    const Quantity benefit = quantity(numbers, name);
    if (benefit.missing) return {.missing = name};
    if (benefit.value <= 0)
      return {.why = fmt::format("{} is {}, so no share of it means anything.", name,
                                 number_text(numbers, name + ".s4"))};
  }
  return claim.rule_of(numbers);
}

/// Arms of the claim that were not trained: each that was has a loss.
std::vector<std::string> absent_arms(const Claim& claim, const Numbers& numbers) {
  auto absent = claim.arms;
  std::erase_if(absent, [&](const auto& arm) { return numbers.contains("loss." + arm); });
  return absent;
}

/// "arms frozen and none did not run"
std::string did_not_run(const std::vector<std::string>& arms) {
  return fmt::format("arm{} {} did not run", arms.size() == 1 ? "" : "s", enumerate(arms));
}

/// Whether a number is of that arm, by a part of its name.
bool is_about(const std::string& name, const std::string& arm) {
  return name.ends_with("." + arm) || name.find("." + arm + ".") != name.npos;
}

/// What would bring a number the run lacks.
std::string brought_by(const Claim& claim, const std::string& missing, const Numbers& numbers) {
  const auto absent = absent_arms(claim, numbers);
  const bool of_an_arm =
      std::ranges::any_of(absent, [&](const auto& arm) { return is_about(missing, arm); });
  if (!of_an_arm) return claim.brought_by;
  return fmt::format("{}: make audit, or ARMS=\"learned {}\"", did_not_run(absent),
                     fmt::join(claim.arms, " "));
}

std::string facts(const Claim& claim, const Numbers& numbers) {
  std::vector<std::string> sentences;
  for (const auto& sentence : claim.facts)
    if (has_all(numbers, names_in(sentence))) sentences.push_back(fill(sentence, numbers));
  return fmt::format("{}", fmt::join(sentences, " "));
}

/// What a reader of any verdict on this run has to know besides.
std::vector<std::string> caveats(const Claim& claim, const Numbers& numbers) {
  std::vector<std::string> sentences;
  if (claim.shares) sentences.push_back(yardstick(numbers).sentence);
  if (const auto absent = absent_arms(claim, numbers); !absent.empty()) {
    auto sentence = did_not_run(absent) + ".";
    sentence.front() = 'A';
    sentences.push_back(sentence);
  }
  const Quantity sequences = quantity(numbers, claim.sequences);
  if (!sequences.missing && sequences.value < kEnoughSequences)
    sentences.push_back(fmt::format("Measured on {:.0f} sequences; the rules ask for {:.0f}.",
                                    sequences.value, kEnoughSequences));
  const Quantity induction = quantity(numbers, "induction.attention_benefit");
  if (claim.surgery && !induction.missing && induction.value <= 0)
    sentences.push_back("This model has not learnt to look content up.");
  return sentences;
}

std::string reason(const Claim& claim, const Ruling& ruling, const Numbers& numbers) {
  if (!ruling.missing.empty()) {
    const auto told = facts(claim, numbers);
    return fmt::format("This run has no {}; {}.{}{}", ruling.missing,
                       brought_by(claim, ruling.missing, numbers), told.empty() ? "" : " ", told);
  }
  if (ruling.verdict == Verdict::kNotMeasured) return ruling.why;
  std::vector<std::string> parts = {facts(claim, numbers), ruling.why};
  for (auto& sentence : caveats(claim, numbers)) parts.push_back(std::move(sentence));
  std::erase(parts, "");
  return fmt::format("{}", fmt::join(parts, " "));
}

/// Sets "<field>" to the first of these numbers that there is, and "<field>_format" to how it is
/// written; both are empty where there is none.
void set_reference(json& verdict, const std::string& field, const std::vector<std::string>& texts,
                   const std::string& meaning, const Numbers& numbers) {
  Reference reference;
  for (const auto& text : texts)
    if (const auto named = parse_reference(text);
        reference.name.empty() && numbers.contains(named.name))
      reference = named;
  verdict[field] = reference.name;
  verdict[field + "_format"] = reference.format;
  verdict[field + "_is"] = meaning;
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

json verdict_on(const Claim& claim, const Numbers& numbers) {
  const Ruling ruling = ruling_on(claim, numbers);
  const bool measured = ruling.verdict != Verdict::kNotMeasured;
  json p = nullptr;
  if (measured && ruling.p) p = *ruling.p;
  json out = {{"title", claim.title},
              {"claim", claim.claim},
              {"rule", claim.rule},
              {"original", fill(claim.original, numbers)},
              {"verdict", verdict_word(ruling.verdict)},
              {"key", verdict_key(ruling.verdict)},
              {"reason", reason(claim, ruling, numbers)},
              {"few_seeds", claim.trained && measured && ruling.seeds < kEnoughSeeds},
              {"p", p},
              {"p_is", ruling.p_is}};
  set_reference(out, "ours", claim.ours, claim.ours_is, numbers);
  // A control says nothing where there is nothing to hold against it.
  set_reference(out, "control", out["ours"] == "" ? std::vector<std::string>() : claim.control,
                claim.control_is, numbers);
  return out;
}

json verdicts(const Numbers& numbers) {
  json out;
  for (const Claim& claim : claims()) out[claim.id] = verdict_on(claim, numbers);
  correct_for_many(out);
  return out;
}

}  // namespace rc
