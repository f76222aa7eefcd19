#include "stages/ablate/curve.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace rc {
namespace {

const Yardstick kYardstick{{1.0, 2.0, 4.0}, {2.0, 4.0, 9.0}};

TEST(Point, IsHeldAgainstItsOwnSequences) {
  const Point point{{0, 2}, {1.5, 4.9}};
  EXPECT_DOUBLE_EQ(kYardstick.rise(point).value, (0.5 + 0.9) / 2);
  EXPECT_DOUBLE_EQ(kYardstick.share(point).value().value, (0.5 + 0.9) / (1.0 + 5.0));
}

// Benefits 5, 1, 3, 4, 2 and 6: sorted, rows 1 4 2 3 0 5.
TEST(RowsThatStandForAll, AreTheMiddlesOfEvenStretchesByBenefit) {
  const Yardstick yardstick{Sequences(6, 1.0), {6.0, 2.0, 4.0, 5.0, 3.0, 7.0}};
  EXPECT_EQ(rows_that_stand_for_all(yardstick, 2), (Rows{0, 4}));
  EXPECT_EQ(rows_that_stand_for_all(yardstick, 3), (Rows{3, 4, 5}));
  EXPECT_EQ(rows_that_stand_for_all(yardstick, 8), (Rows{0, 1, 2, 3, 4, 5}));
}

/// A curve whose every point rises by `rises` times each sequence's benefit.
Point rising(const Rows& rows, double share) {
  Point point{rows, {}};
  for (const long row : rows) {
    const auto s = static_cast<std::size_t>(row);
    point.losses.push_back(kYardstick.baseline[s] +
                           share * (kYardstick.floor[s] - kYardstick.baseline[s]));
  }
  return point;
}

TEST(RemovablePercent, IsReadOffTheShareOfEachPointsOwnBenefit) {
  const std::vector<long> percents = {0, 20, 40, 60};
  const Curve curve = {rising({0, 1, 2}, 0), rising({0}, 0.009), rising({2}, 0.0095),
                       rising({1}, 0.011)};
  EXPECT_EQ(removable_percent(curve, percents, kYardstick), 40);
}

// Two sequences say that 40 % are noticed and the rest is not; all say that 80 % are the first.
TEST(DecideRemovable, MeasuresFromBelowOnAllSequencesUntilOneIsNoticed) {
  const std::vector<long> percents = {0, 20, 40, 60, 80, 90, 100};
  const Rows all = {0, 1, 2};
  Curve curve = {rising(all, 0),     rising({0, 1}, 0.001), rising({0, 1}, 0.02),
                 rising(all, 0.005), rising({0, 1}, 0.5),   rising({0, 1}, 0.7),
                 rising(all, 1)};
  std::vector<long> measured;
  const bool moved = decide_removable(curve, percents, kYardstick, [&](long percent) {
    measured.push_back(percent);
    return rising(all, percent < 80 ? 0.005 : 0.5);
  });
  EXPECT_TRUE(moved);
  EXPECT_EQ(measured, (std::vector<long>{20, 40, 80}));
  EXPECT_EQ(removable_percent(curve, percents, kYardstick), 60);
}

// Few sequences let a point pass, far below what they call the edge, that all of them notice.
TEST(DecideRemovable, SeesWhatFewSequencesLetPassFarBelow) {
  const std::vector<long> percents = {0, 20, 40, 60, 100};
  const Rows all = {0, 1, 2};
  Curve curve = {rising(all, 0), rising({0}, 0.001), rising({0}, 0.001), rising({0}, 0.001),
                 rising(all, 1)};
  decide_removable(curve, percents, kYardstick,
                   [&](long percent) { return rising(all, percent == 20 ? 0.02 : 0.001); });
  EXPECT_EQ(removable_percent(curve, percents, kYardstick), 0);
}

TEST(DecideRemovable, LeavesAloneWhatAllSequencesDecided) {
  const Rows all = {0, 1, 2};
  Curve curve = {rising(all, 0), rising(all, 0.001), rising(all, 1)};
  const auto measure = [](long) -> Point { throw std::logic_error("is decided"); };
  EXPECT_FALSE(decide_removable(curve, {0, 50, 100}, kYardstick, measure));
}

}  // namespace
}  // namespace rc
