#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

TEST(Verdict, JudgesByConditionsAndNulls) {
  const Clause yes{"yes", true}, no{"no", false};
  EXPECT_EQ(judge({yes, yes}).verdict, Verdict::kReproduced);
  EXPECT_EQ(judge({yes}, {no}).verdict, Verdict::kReproduced);
  EXPECT_EQ(judge({yes}, {no, yes}).verdict, Verdict::kExplainedByControl);
  EXPECT_EQ(judge({yes, no}, {yes}).verdict, Verdict::kPartly);
  EXPECT_EQ(judge({no, no}, {yes}).verdict, Verdict::kNotReproduced);
  EXPECT_EQ(judge({yes, no}).why, "Met: yes; missed: no.");
}

TEST(Verdict, ReasonsSpeakOfControls) {
  const auto alone = verdict_on(claim("A5"), numbers_with({{"gains.lock_in.step_fraction", 0.25}}));
  EXPECT_EQ(
      alone.at("reason"),
      "The gains keep to their final order from 25\u00a0% of training on. Whether another seed "
      "would pick the same indices takes two seeds to tell (make report SEEDS=\"0 1\").");
  EXPECT_TRUE(alone.at("one_seed"));
  EXPECT_EQ(alone.at("control"), "");
  auto numbers = numbers_with({{"gains.seeds_spearman", 0.1}});
  numbers["gains.lock_in.step_fraction"].n = 2;
  const auto paired = verdict_on(claim("A5"), numbers);
  EXPECT_NE(paired.at("reason").get<std::string>().find("correlate at 0.10."), std::string::npos);
  EXPECT_FALSE(paired.at("one_seed"));
  EXPECT_EQ(paired.at("control"), "gains.seeds_spearman");
}

/// Eight claims of the invented run have a p: nothing is known of the others' scatter.
TEST(Verdict, PValuesAreCorrectedForEachOther) {
  const json all = verdicts(numbers_with({}));
  std::vector<std::string> with_p;
  for (const auto& [id, verdict] : all.items()) {
    EXPECT_EQ(verdict.at("p").is_null(), verdict.at("p_holm").is_null()) << id;
    const auto reason = verdict.at("reason").get<std::string>();
    if (verdict.at("p").is_null()) {
      EXPECT_EQ(reason.find("Holm"), std::string::npos) << id;
      continue;
    }
    with_p.push_back(id);
    EXPECT_GE(verdict.at("p_holm"), verdict.at("p")) << id;
    EXPECT_TRUE(reason.ends_with("after Holm's correction over 8 claims.")) << reason;
  }
  EXPECT_EQ(with_p, (std::vector<std::string>{"A2", "A3", "A6", "A9", "B1", "B2", "B3", "B4"}));
  // The smallest of eight counts eightfold; B4's 0.001 is the second, after A2's.
  EXPECT_NEAR(all["B4"]["p_holm"].get<double>(), 7 * 0.001, 1e-12);
}

TEST(Verdict, ThePFollowsTheRule) {
  const auto p_of = [](const std::string& id, const Numbers& numbers) {
    return verdict_on(claim(id), numbers).at("p");
  };
  // Half an interval of 0.0196 is 1.96 standard errors: one below the limit of 0.02.
  auto numbers = difference("thin16", 0.01, 0.0195996);
  numbers["loss_difference.thin16"].n = 1;
  numbers["loss_difference.thin16"].interval->method = "bootstrap over sequences";
  EXPECT_NEAR(p_of("A8", numbers).get<double>(), 0.158655, 1e-5);
  // Three seeds: t(0.975, 2 degrees) = 4.30265 standard errors, and -1 of them has 0.2113 below.
  EXPECT_NEAR(p_of("B7", difference("virtual12", 0.01, 0.0430265)).get<double>(), 0.211325, 1e-5);
  EXPECT_TRUE(p_of("A8", numbers_with({})).is_null()) << "not measured";
  EXPECT_TRUE(p_of("B6", numbers_with({})).is_null()) << "a kernel's time is no sample of models";
  EXPECT_TRUE(p_of("A7", numbers_with({})).is_null()) << "the difference has no interval";
}

TEST(Verdict, ThePOfSeveralConditionsIsTheLargest) {
  const auto p_of = [](const std::string& id, const Numbers& numbers) {
    return verdict_on(claim(id), numbers).at("p").get<double>();
  };
  const auto sure = [](double value) {
    return Number{value, "", 1,
                  Interval{value - 1e-5, value + 1e-5, 0.95, "bootstrap over sequences"}};
  };
  auto numbers = numbers_with({});
  for (const auto* percent : {"20", "40", "50", "60", "80"})
    numbers[std::string("ablate.low_gain.") + percent + ".share"] = sure(0.001);
  EXPECT_LT(p_of("A3", numbers), 1e-4);
  numbers["ablate.low_gain.40.share"] = sure(0.02);
  EXPECT_GT(p_of("A3", numbers), 0.99) << "one cut on the way is dear";
  numbers["ablate.low_gain.50"] = sure(0.001);
  numbers["ablate.random.50"] = sure(0.02);
  EXPECT_LT(p_of("B2", numbers), 1e-4);
  numbers["ablate.random.50"] = sure(0.009);
  EXPECT_GT(p_of("B2", numbers), 0.99) << "random order is nine times as dear";
  for (const auto& [name, value] : {std::pair{"loss.copy", 0.1},
                                    {"ablate.copy.attention_benefit", 0.019},
                                    {"ablate.attention_benefit", 1.0}})
    numbers[name] = sure(value);
  EXPECT_LT(p_of("C1", numbers), 1e-4);
  numbers["ablate.copy.attention_benefit"] = sure(0.021);
  EXPECT_GT(p_of("C1", numbers), 0.99);
}

TEST(Verdict, EveryClaimIsStatedInFull) {
  const auto numbers = numbers_with({});
  ASSERT_EQ(claims().size(), 17u);
  for (const Claim& c : claims()) {
    const auto verdict = verdict_on(c, numbers);
    EXPECT_LE(columns(c.title), 30u) << c.id;
    EXPECT_FALSE(verdict.at("original").get<std::string>().empty()) << c.id;
    EXPECT_TRUE(verdict.at("reason").get<std::string>().ends_with(".")) << c.id;
    EXPECT_EQ(c.p_is.empty(), !c.p_of) << c.id;
    EXPECT_FALSE(c.ours_is.empty() || c.control_is.empty() || c.brought_by.empty()) << c.id;
  }
}

}  // namespace
}  // namespace rc
