#include "paper/verdict/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "paper/testing/verdict_cases.h"
#include "paper/text/number_text.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Verdict, EveryClaimIsStatedInFull) {
  ASSERT_EQ(claims().size(), 24u);
  for (const Claim& c : claims()) {
    const auto verdict = verdict_on(c, numbers_with({}));
    EXPECT_LE(columns(c.title), 30u) << c.id;
    EXPECT_FALSE(verdict.at("original").get<std::string>().empty()) << c.id;
    EXPECT_TRUE(verdict.at("reason").get<std::string>().ends_with(".")) << c.id;
    EXPECT_LE(c.facts.size(), 3u) << c.id;
    EXPECT_FALSE(c.facts.empty() || c.rule.empty() || c.brought_by.empty()) << c.id;
    EXPECT_FALSE(c.ours_is.empty() || c.control_is.empty()) << c.id;
    EXPECT_FALSE(verdict.at("ours") == "" || verdict.at("control") == "") << c.id;
    for (const auto& sentence : c.facts)
      for (const auto& name : names_in(sentence))
        EXPECT_TRUE(numbers_with({}).contains(name)) << c.id << ": " << name;
  }
}

/// An absent arm is none that failed: in a run of the main arm alone no claim that is held against
/// another is called reproduced for it.
TEST(Verdict, TheMainArmAloneReproducesNothingThatNeedsAControl) {
  std::vector<std::string> arms;
  for (const Claim& c : claims()) arms.insert(arms.end(), c.arms.begin(), c.arms.end());
  const auto alone = without_arms(arms);
  for (const auto* id : {"A2", "A2r", "A4", "A5", "A6", "A8", "B7", "C1", "C3", "C5"}) {
    EXPECT_EQ(verdict_of(id, alone), "not measured") << id;
    EXPECT_TRUE(says(reason_of(id, alone), "did not run: make audit, or ARMS=\"learned "))
        << reason_of(id, alone);
  }
  // What is missing, and then what there is.
  const auto a4 = reason_of("A4", alone);
  EXPECT_TRUE(a4.starts_with(
      "This run has no gains.no_decay.fading.median; arm no_decay did not run: make audit, or "
      "ARMS=\"learned no_decay\". In the middle layer the gains run from "))
      << a4;
}

TEST(Verdict, FewSequencesAreSaid) {
  const auto few = numbers_with({{"sequences.ablate", 63}});
  EXPECT_TRUE(says(reason_of("B1", few), "Measured on 63 sequences; the rules ask for 64."));
  EXPECT_FALSE(says(reason_of("A2", few), "Measured on")) << "its own are enough";
  EXPECT_FALSE(says(reason_of("B1", numbers_with({})), "Measured on"));
}

TEST(Verdict, AModelWithoutInductionIsSaidToBe) {
  const auto none = numbers_with({{"induction.attention_benefit", 0}});
  for (const Claim& c : claims())
    EXPECT_EQ(says(reason_of(c.id, none), "has not learnt to look content up"), c.surgery) << c.id;
  EXPECT_FALSE(says(reason_of("B1", numbers_with({})), "look content up"));
}

/// The invented run, three times: the seeds lie about `reach` of a number's size apart.
Numbers three_seeds(double reach) {
  Numbers numbers = numbers_with({});
  int place = 0;
  for (auto& [name, number] : numbers) {
    if (name.starts_with("original.") || name.starts_with("inference.")) continue;
    // No two numbers scatter alike, so that their difference scatters too.
    const double step = reach * std::max(std::abs(number.value), 0.1) * (1 + 0.03 * (++place % 29));
    number = over_seeds({number.value - step, number.value, number.value + step});
  }
  return numbers;
}

TEST(Verdict, FewerThanThreeSeedsGetAStarAndNoP) {
  const json all = verdicts(numbers_with({}));
  for (const auto& [id, verdict] : all.items()) {
    EXPECT_EQ(verdict.at("few_seeds"), id != "B6") << id;
    EXPECT_TRUE(verdict.at("p").is_null()) << id;
    EXPECT_FALSE(says(verdict.at("reason"), "Holm")) << id;
  }
  auto numbers = three_seeds(0.001);
  EXPECT_FALSE(verdict_on(claim("A2"), numbers).at("few_seeds"));
  for (const std::string arm : {"frozen", "none"})
    numbers["rank." + arm + ".coordinate_pr.final.deep"] = over_seeds({20, 20.1});
  EXPECT_TRUE(verdict_on(claim("A2"), numbers).at("few_seeds")) << "a control has two seeds";
  numbers = without_arms({"frozen"}, three_seeds(0.001));
  EXPECT_FALSE(verdict_on(claim("A2"), numbers).at("few_seeds")) << "what is not measured has none";
}

/// Every rule but that of clocks is tested over seeds or by a permutation.
TEST(Verdict, ThreeSeedsGiveEveryRuleAP) {
  const json all = verdicts(three_seeds(0.001));
  std::size_t with_p = 0;
  for (const auto& [id, verdict] : all.items()) {
    EXPECT_EQ(verdict.at("p").is_null(), id == "A1" || id == "B6" || id == "C6") << id;
    EXPECT_EQ(verdict.at("p").is_null(), verdict.at("p_holm").is_null()) << id;
    with_p += !verdict.at("p").is_null();
  }
  EXPECT_EQ(with_p, 21u);
  for (const auto& [id, verdict] : all.items()) {
    if (verdict.at("p").is_null()) continue;
    EXPECT_GE(verdict.at("p_holm"), verdict.at("p")) << id;
    EXPECT_TRUE(verdict.at("reason").get<std::string>().ends_with(
        "after Holm's correction over 21 claims."))
        << id;
    EXPECT_FALSE(verdict.at("p_is").get<std::string>().empty()) << id;
  }
  EXPECT_EQ(all["B1"]["p_is"], "a rise under 1 % at 60 %");
}

TEST(Verdict, ThePOfSeveralConditionsIsTheLargest) {
  auto numbers = three_seeds(0.001);
  const auto p_of = [&](const std::string& id) {
    return verdict_on(claim(id), numbers).at("p").get<double>();
  };
  const double before = p_of("C1");
  EXPECT_LT(before, 0.001);
  numbers["loss.copy"] = over_seeds({0.2, 0.21, 0.22});
  EXPECT_GT(p_of("C1"), 0.5) << "one of two is missed";
  // The larger of the two p, of t = -sqrt(3) with two degrees.
  numbers["loss.copy"] = over_seeds({0.18, 0.19, 0.2});
  EXPECT_NEAR(p_of("C1"), 0.5 - std::sqrt(3.0) / (2 * std::sqrt(5.0)), 1e-6);
}

TEST(Verdict, ANumberIsNamedByTheFirstThereIs) {
  const auto both = verdict_on(claim("B1"), numbers_with({}));
  EXPECT_EQ(both.at("ours"), "ablate.low_gain.60.share_learned");
  EXPECT_EQ(both.at("ours_format"), "pct1");
  const auto uniform =
      verdict_on(claim("B1"), without({"ablate.low_gain.60.share_learned", "benefit"}));
  EXPECT_EQ(uniform.at("ours"), "ablate.low_gain.60.share");
  const auto neither = verdict_on(claim("B1"), without({"ablate.low_gain"}));
  EXPECT_EQ(neither.at("ours"), "");
  EXPECT_EQ(neither.at("control"), "") << "nothing to hold it against";
}

}  // namespace
}  // namespace rc
