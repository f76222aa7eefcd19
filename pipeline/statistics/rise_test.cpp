#include "pipeline/statistics/rise.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

TEST(Rise, IsThePairedDifferenceOfMeans) {
  const auto number = rise({2.0, 4.0, 6.0}, {1.0, 3.0, 5.0}, 100);
  EXPECT_DOUBLE_EQ(number.value, 1.0);
  EXPECT_DOUBLE_EQ(number.interval->lo, 1.0);  // every sequence rises by exactly 1
  EXPECT_DOUBLE_EQ(number.interval->hi, 1.0);
  EXPECT_DOUBLE_EQ(rise_share({1.5, 1.5}, {1.0, 1.0}, {3.0, 3.0}, 50).value, 0.25);
}

TEST(RemovablePercent, EndsBeforeTheFirstRiseThatIsNoticed) {
  const std::vector<long> percents = {0, 20, 40, 60, 80};
  const Curve curve = {{1.0}, {1.005}, {1.02}, {1.001}, {1.5}};
  EXPECT_EQ(removable_percent(curve, percents, {1.0}, {2.0}, 0.01), 20);
}

}  // namespace
}  // namespace rc
