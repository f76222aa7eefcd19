#include "stages/ablate/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rc {
namespace {

constexpr long kLayers = 28;

/// What settings ask for unless somebody says otherwise, of a text of so many sequences.
AblationPlan most(long sequences = 64) {
  return {.sequences = sequences,
          .options = {.percents = percent_grid(5), .orders = orders_asked_for({"all"})},
          .controls = true};
}

TEST(PlanWithin, NeverTakesMoreThanItMayAndMoreWhereItMay) {
  AblationPlan before = plan_within(1, most(), kLayers);
  for (const long evaluations : {120L, 300L, 1000L, 3000L, 10000L, 100000L}) {
    const auto plan = plan_within(evaluations, most(), kLayers);
    EXPECT_LE(evaluations_of(plan, kLayers), evaluations);
    EXPECT_GE(evaluations_of(plan, kLayers), evaluations_of(before, kLayers));
    before = plan;
  }
  EXPECT_EQ(before.sequences, 64);
  EXPECT_TRUE(before.controls);
  EXPECT_EQ(before.options.orders, orders_asked_for({"all"}));
}

TEST(PlanWithin, TakesTheLeastWhereNothingFits) {
  const auto plan = plan_within(1, most(), kLayers);
  EXPECT_EQ(plan.sequences, 4);
  EXPECT_FALSE(plan.controls);
  EXPECT_THAT(plan.options.orders, testing::Contains(kOriginalOrder));
  EXPECT_THAT(plan.options.percents, testing::ElementsAre(0, 20, 40, 50, 60, 80, 100));
}

TEST(PlanWithin, TakesNoMoreSequencesThanThereAre) {
  EXPECT_EQ(plan_within(1000000, most(10), kLayers).sequences, 10);
  EXPECT_EQ(plan_within(1000000, most(10), kLayers).options.draws, 10);
}

TEST(PlanWithin, GoesNowhereBeyondWhatTheSettingsAskFor) {
  auto asked = most(12);
  asked.options.percents = percent_grid(20);
  asked.options.orders = {"random", "think"};
  asked.options.draws = 3;
  const auto plan = plan_within(1000000, asked, kLayers);
  EXPECT_EQ(plan.sequences, 12);
  EXPECT_EQ(plan.options.percents, percent_grid(20));
  EXPECT_EQ(plan.options.orders, asked.options.orders);
  EXPECT_EQ(plan.options.draws, 3);
  EXPECT_THAT(plan_within(1, asked, kLayers).options.orders, testing::ElementsAre("random"));
  asked.options.orders = {"think"};
  EXPECT_THAT(plan_within(1, asked, kLayers).options.orders, testing::ElementsAre("think"));
  asked.controls = false;
  EXPECT_FALSE(plan_within(1000000, asked, kLayers).controls);
}

/// Both ends, and every order at five percentages, each on all four sequences.
TEST(EvaluationsOf, CountsSequences) {
  const auto plan = plan_within(1, most(), kLayers);
  EXPECT_EQ(evaluations_of(plan, kLayers), 2 * 4 + 4 * 5 * 4);
}

/// Ten percentages that no rule reads, 8 of 16 sequences each; they may all have to be decided.
TEST(EvaluationsOf, CountsWhatDecidingMayTake) {
  auto plan = most(16);
  plan.options.orders = {kOriginalOrder};
  plan.options.percents = percent_grid(7);
  plan.controls = false;
  const auto inner = static_cast<long>(plan.options.percents.size()) - 2;
  EXPECT_EQ(evaluations_of(plan, kLayers), 2 * 16 + 5 * 16 + (inner - 5) * (8 + 16));
}

std::string widest(const std::string& text) {
  std::istringstream lines(text);
  std::string longest;
  for (std::string line; std::getline(lines, line);)
    if (line.size() > longest.size()) longest = line;
  return longest;
}

TEST(PlanText, FitsATerminal) {
  const auto text = plan_text(plan_within(3000, most(), kLayers), {3000, 2.5}, kLayers);
  EXPECT_LE(widest(text).size(), 80U) << text;
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("BUDGET")));
}

TEST(PlanText, SaysThatTheBudgetIsTooSmall) {
  const auto text = plan_text(plan_within(40, most(), kLayers), {40, 2.5}, kLayers);
  EXPECT_LE(widest(text).size(), 80U) << text;
  EXPECT_THAT(text, testing::HasSubstr("BUDGET has only 40 runs"));
}

}  // namespace
}  // namespace rc
