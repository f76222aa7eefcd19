#include "pipeline/statistics/rise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

// Rises 1, 1, 2: mean 4/3, standard deviation 1/sqrt(3); t of 2 degrees at .975 is 4.302653.
TEST(Rise, IsThePairedDifferenceOfMeansAndItsTInterval) {
  const auto number = rise({2.0, 4.0, 7.0}, {1.0, 3.0, 5.0});
  EXPECT_DOUBLE_EQ(number.value, 4.0 / 3);
  EXPECT_NEAR(number.interval->lo, 4.0 / 3 - 4.302653 / 3, 1e-6);
  EXPECT_NEAR(number.interval->hi, 4.0 / 3 + 4.302653 / 3, 1e-6);
  EXPECT_EQ(number.interval->method, "t over sequences");
  EXPECT_EQ(number.unit, "nats/token");
}

// Benefits 2, 4, 6: the share is (4/3)/4 and its residuals (1 - 2/3, 1 - 4/3, 2 - 2)/4, of standard
// deviation 1/12.
TEST(RiseShare, HasTheIntervalOfTheLinearisedRatio) {
  const auto number = rise_share({2.0, 4.0, 7.0}, {1.0, 3.0, 5.0}, {3.0, 7.0, 11.0});
  EXPECT_NEAR(number->value, 1.0 / 3, 1e-12);
  const double reach = 4.302653 / 12 / std::sqrt(3.0);
  EXPECT_NEAR(number->interval->lo, 1.0 / 3 - reach, 1e-6);
  EXPECT_NEAR(number->interval->hi, 1.0 / 3 + reach, 1e-6);
  EXPECT_EQ(number->interval->method, "t over sequences");
}

TEST(RiseShare, IsSureWhereEverySequenceLosesTheSameShare) {
  const auto number = rise_share({1.5, 4.0}, {1.0, 2.0}, {3.0, 10.0});
  EXPECT_DOUBLE_EQ(number->value, 0.25);
  EXPECT_NEAR(number->interval->hi - number->interval->lo, 0, 1e-12);
}

TEST(RiseShare, OfABenefitOfNothingIsNone) {
  EXPECT_FALSE(rise_share({1.5, 4.0}, {1.0, 2.0}, {1.0, 2.0}));
  EXPECT_TRUE(rise_share({1.5, 4.0}, {1.0, 2.0}, {0.5, 2.0}));  // one below nothing is still one
}

TEST(RemovablePercent, EndsBeforeTheFirstRiseThatIsNoticed) {
  const long percents[] = {0, 20, 40, 60, 80};
  EXPECT_EQ(removable_percent(percents, std::vector{0.0, 0.005, 0.02, 0.001, 0.5},
                              std::vector(5, 1.0), 0.01),
            20);
  EXPECT_EQ(removable_percent(percents, std::vector{0.0, 0.005, 0.02, 0.001, 0.5},
                              std::vector{1.0, 1.0, 2.1, 1.0, 1.0}, 0.01),
            60);
}

TEST(RemovablePercent, IsNoneWhereAttentionIsOfNoUse) {
  const long percents[] = {0, 50};
  EXPECT_EQ(removable_percent(percents, std::vector{0.0, -0.1}, std::vector{-1.0, -1.0}, 0.01), 0);
}

}  // namespace
}  // namespace rc
