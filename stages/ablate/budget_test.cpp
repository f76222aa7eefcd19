#include "stages/ablate/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rc {
namespace {

constexpr long kLayers = 28, kMeasured = 64;

TEST(PlanWithin, NeverTakesMoreThanItMayAndMoreWhereItMay) {
  AblationPlan before = plan_within(1, kMeasured, kLayers);
  for (const long evaluations : {120L, 300L, 1000L, 3000L, 10000L, 100000L}) {
    const auto plan = plan_within(evaluations, kMeasured, kLayers);
    EXPECT_LE(evaluations_of(plan, kLayers), evaluations);
    EXPECT_GE(evaluations_of(plan, kLayers), evaluations_of(before, kLayers));
    before = plan;
  }
  EXPECT_EQ(before.sequences, 64);
  EXPECT_TRUE(before.controls);
  EXPECT_EQ(before.options.orders, orders_asked_for({"all"}));
}

TEST(PlanWithin, TakesTheLeastWhereNothingFits) {
  const auto plan = plan_within(1, kMeasured, kLayers);
  EXPECT_EQ(plan.sequences, 4);
  EXPECT_FALSE(plan.controls);
  EXPECT_THAT(plan.options.orders, testing::Contains(kOriginalOrder));
  EXPECT_THAT(plan.options.percents, testing::ElementsAre(0, 20, 40, 50, 60, 80, 100));
}

TEST(PlanWithin, TakesNoMoreSequencesThanThereAre) {
  EXPECT_EQ(plan_within(1000000, 10, kLayers).sequences, 10);
  EXPECT_EQ(plan_within(1000000, 10, kLayers).options.draws, 10);
}

/// Both ends, and every order at five percentages, each on all four sequences.
TEST(EvaluationsOf, CountsSequences) {
  const auto plan = plan_within(1, kMeasured, kLayers);
  EXPECT_EQ(evaluations_of(plan, kLayers), 2 * 4 + 4 * 5 * 4);
}

TEST(PlanText, FitsATerminal) {
  std::istringstream lines(plan_text(plan_within(3000, kMeasured, kLayers), kLayers, 2.5));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace
}  // namespace rc
