#include <gtest/gtest.h>

#include "bench/growth/fit.h"
#include "bench/growth/theory.h"

namespace rc {
namespace {

TEST(Growth, PowersAreFound) {
  EXPECT_DOUBLE_EQ(power(std::vector{3.0, 12.0, 48.0}), 2);
  EXPECT_DOUBLE_EQ(power(std::vector{1.0, 1.0, 4.0}), 1);  // half of log2(4 / 1)
}

TEST(Growth, AConstantDropsOutOfWhatDoublingsAdd) {
  EXPECT_DOUBLE_EQ(power_of_growth(std::vector{100.0 + 4, 100.0 + 16, 100.0 + 64}, 1).value(), 2);
  EXPECT_FALSE(power_of_growth(std::vector{100.0, 101.0, 103.0}, 2));
  EXPECT_FALSE(power_of_growth(std::vector{100.0, 90.0, 300.0}, 2));
}

TEST(Growth, ARoundThatWasHeldUpChangesNoExponent) {
  const std::vector<std::vector<double>> points = {{1, 2, 90}, {4, 4, 4}};
  const auto e = exponent_of(points, power);
  EXPECT_DOUBLE_EQ(e->value, 2);
  EXPECT_DOUBLE_EQ(e->lo, 1);
  EXPECT_DOUBLE_EQ(e->hi, 2);
}

TEST(Growth, EveryQuantityDoublesWhatItNames) {
  for (const auto& quantity : quantities()) {
    EXPECT_EQ(quantity.value(4), 16 * quantity.value(0)) << quantity.name;
    EXPECT_EQ(quantity.value(0), quantity.first.*quantity.fields.front());
  }
}

/// One layer of width 32, one head, one step of two tokens; a multiply-add is two operations.
TEST(Growth, OperationsOfATrainingByHand) {
  GrowthShape s;
  s.layers = s.steps = s.batch = 1;
  s.context = 2;
  s.vocabulary = 10;
  const double weights = 32 * (32 + 32 + 32 + 32) + 2 * 32 * 128;
  const double seen = 1 + 2;  // keys, of both tokens together
  const double forward = 2 * (2 * weights) + 2 * seen * (32 + 32) + 2 * (2 * 32 * 10);
  const double newton_schulz = 5 * (4.0 * 32 * 32 * 128 + 2.0 * 32 * 32 * 32);  // of 128 x 32
  EXPECT_DOUBLE_EQ(counted_operations("train", s), 3 * forward + 3 * newton_schulz);
}

TEST(Growth, TheoryInItsLimits) {
  const auto all = quantities();
  const auto grows = [&](std::size_t q, const char* stage, auto counted) {
    return counted(stage, all[q].at(4)) / counted(stage, all[q].at(3));
  };
  EXPECT_DOUBLE_EQ(grows(0, "train", counted_operations), 2);  // tokens
  EXPECT_DOUBLE_EQ(grows(0, "train", counted_bytes), 1);
  EXPECT_GT(grows(1, "train", counted_operations), 4);  // width: beyond the matrices' square
  EXPECT_LT(grows(1, "train", counted_operations), 8);
  EXPECT_GT(grows(3, "ablate", counted_operations), 2);  // context
  EXPECT_LT(grows(3, "ablate", counted_operations), 4);
}

}  // namespace
}  // namespace rc
