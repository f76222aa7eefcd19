#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"
#include "pipeline/text.h"

namespace rc {
namespace {

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
      "would pick the same indices takes two seeds to tell.");
  EXPECT_TRUE(alone.at("one_seed"));
  EXPECT_EQ(alone.at("control"), "");
  auto numbers = numbers_with({{"gains.seeds_spearman", 0.1}});
  numbers["gains.lock_in.step_fraction"].n = 2;
  const auto paired = verdict_on(claim("A5"), numbers);
  EXPECT_NE(paired.at("reason").get<std::string>().find("correlate at 0.10."), std::string::npos);
  EXPECT_FALSE(paired.at("one_seed"));
  EXPECT_EQ(paired.at("control"), "gains.seeds_spearman");
}

TEST(Verdict, EveryClaimIsStatedInFull) {
  const auto numbers = numbers_with({});
  ASSERT_EQ(claims().size(), 17u);
  for (const Claim& c : claims()) {
    const auto verdict = verdict_on(c, numbers);
    EXPECT_LE(columns(c.title), 30u) << c.id;
    EXPECT_FALSE(verdict.at("original").get<std::string>().empty()) << c.id;
    EXPECT_TRUE(verdict.at("reason").get<std::string>().ends_with(".")) << c.id;
    EXPECT_FALSE(c.ours_is.empty() || c.control_is.empty() || c.brought_by.empty()) << c.id;
  }
}

}  // namespace
}  // namespace rc
