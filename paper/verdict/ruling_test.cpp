#include "paper/verdict/ruling.h"

#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

const Clause kYes{.words = "yes", .answer = Answer::kYes};
const Clause kNo{.words = "no", .answer = Answer::kNo};
const Clause kOpen{.words = "open", .missing = "a.number"};

Verdict verdict(const std::vector<Clause>& conditions, const std::vector<Clause>& controls = {}) {
  return judge(conditions, controls).verdict;
}

TEST(Ruling, JudgesByConditions) {
  EXPECT_EQ(verdict({kYes, kYes}), Verdict::kReproduced);
  EXPECT_EQ(verdict({kYes, kNo}), Verdict::kPartly);
  EXPECT_EQ(verdict({kNo, kNo}), Verdict::kNotReproduced);
  EXPECT_EQ(verdict({kNo}), Verdict::kNotReproduced) << "one condition has no part";
  EXPECT_EQ(judge({kYes, kNo}).why, "Met: yes; not met: no.");
  EXPECT_EQ(judge({kNo, kNo}).why, "Not met: no and no.");
  EXPECT_EQ(judge({kYes, kNo}).p_is, "yes and no");
}

TEST(Ruling, AnUnknownConditionLeavesItOpen) {
  EXPECT_EQ(verdict({kYes, kOpen}), Verdict::kNotMeasured);
  EXPECT_EQ(verdict({kNo, kOpen}), Verdict::kNotMeasured) << "partly, or not reproduced?";
  EXPECT_EQ(judge({kYes, kOpen}).missing, "a.number");
}

TEST(Ruling, ControlsCountWhereTheConditionsAreMet) {
  EXPECT_EQ(verdict({kYes}, {kNo, kNo}), Verdict::kReproduced);
  EXPECT_EQ(verdict({kYes}, {kNo, kYes}), Verdict::kExplainedByControl);
  EXPECT_EQ(judge({kYes}, {kNo, kYes}).why, "Explained by: yes.");
  EXPECT_EQ(verdict({kYes}, {kNo, kOpen}), Verdict::kNotMeasured) << "absent is not failed";
  EXPECT_EQ(verdict({kYes}, {kYes, kOpen}), Verdict::kExplainedByControl);
  EXPECT_EQ(verdict({kYes, kNo}, {kYes}), Verdict::kPartly) << "a control excuses no miss";
  EXPECT_EQ(verdict({kNo}, {kOpen}), Verdict::kNotReproduced) << "and none is needed for one";
}

TEST(Ruling, AnExplanationComesBeforeTheRest) {
  const auto partly = judge({kYes, kNo});
  EXPECT_EQ(unless_explained(kYes, partly).verdict, Verdict::kExplainedByControl);
  EXPECT_EQ(unless_explained(kNo, partly).verdict, Verdict::kPartly);
  EXPECT_EQ(unless_explained(kOpen, partly).verdict, Verdict::kNotMeasured);
  EXPECT_EQ(unless_explained(kOpen, partly).missing, "a.number");
  EXPECT_EQ(unless_explained(kOpen, partly).why, "");
}

TEST(Ruling, RestsOnTheFewestSeeds) {
  const auto with = [](int seeds) {
    return Clause{.words = "yes", .answer = Answer::kYes, .seeds = seeds};
  };
  EXPECT_EQ(judge({with(5), with(3)}).seeds, 3);
  EXPECT_EQ(judge({with(5)}, {with(2)}).seeds, 2);
}

TEST(Clause, KnowsItsLimits) {
  const Numbers numbers{{"x", {2, "", 1, Interval{1.5, 2.5, 0.95, kOverSequences}}},
                        {"bare", {2, "", 1, {}}}};
  const auto x = quantity(numbers, "x");
  EXPECT_TRUE(below(x, 2.001, "").holds());
  EXPECT_TRUE(below(x, 2, "").fails());
  EXPECT_TRUE(above(x, 2, "").fails());
  EXPECT_TRUE(at_least(x, 2, "").holds());
  EXPECT_TRUE(at_least(x, 2 + 1e-12, "").holds()) << "a sum's last digits";
  EXPECT_TRUE(at_most(x, 2, "").holds());
  EXPECT_TRUE(within(x, 2, "").holds());
  EXPECT_TRUE(within(-1.0 * x, 2, "").holds());
  EXPECT_TRUE(within(-1.0 * x, 1.9, "").fails());
  EXPECT_TRUE(surely_below(numbers, "x", 2.6, "").holds());
  EXPECT_TRUE(surely_below(numbers, "x", 2.4, "").fails());
  EXPECT_EQ(surely_below(numbers, "bare", 9, "").missing, "interval of bare");
  EXPECT_EQ(below(quantity(numbers, "gone"), 9, "").missing, "gone");
}

TEST(Clause, JoinsInThreeValues) {
  EXPECT_TRUE(both(kYes, kYes, "").holds());
  EXPECT_TRUE(both(kOpen, kNo, "").fails()) << "whatever the other is";
  EXPECT_TRUE(both(kYes, kOpen, "").unknown());
  EXPECT_EQ(both(kYes, kOpen, "").missing, "a.number");
  EXPECT_TRUE(either(kOpen, kYes, "").holds());
  EXPECT_TRUE(either(kNo, kOpen, "").unknown());
  EXPECT_TRUE(either(kNo, kNo, "").fails());
}

}  // namespace
}  // namespace rc
