#include "stages/correlate/spread.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

constexpr NullSettings kSettings{.draws = 199, .seed = 3};

double value(const Numbers& numbers, const std::string& name) { return numbers.at(name).value; }

TEST(Skewness, ByHand) {
  // 0 0 0 4: mean 1, second moment (3 + 9)/4 = 3, third (-3 + 27)/4 = 6, and 6/3^1.5 = 2/sqrt(3).
  EXPECT_NEAR(skewness(std::vector{0.0, 0.0, 0.0, 4.0}), 2 / std::sqrt(3.0), 1e-12);
  EXPECT_NEAR(skewness(std::vector{4.0, 4.0, 4.0, 0.0}), -2 / std::sqrt(3.0), 1e-12);
  EXPECT_NEAR(skewness(std::vector{1.0, 2.0, 3.0}), 0, 1e-12);
  EXPECT_NEAR(skewness(std::vector{7.0, 7.0, 7.0, 15.0}), 2 / std::sqrt(3.0), 1e-12);
}

TEST(SpreadNumbers, ByHand) {
  Rows gains(3, std::vector<double>{9, 9, 9, 9, 9});
  gains[1] = {1, 1, 2, 1, 0.5};  // mean 1.1, variance 0.24, third moment 0.102
  const auto numbers = spread_numbers(gains, kSettings);
  EXPECT_EQ(value(numbers, "gains.min.layer_mid"), 0.5);
  EXPECT_EQ(value(numbers, "gains.max.layer_mid"), 2);
  EXPECT_NEAR(value(numbers, "gains.cv.layer_mid"), std::sqrt(0.24) / 1.1, 1e-12);
  EXPECT_NEAR(value(numbers, "gains.skewness.layer_mid"), 0.102 / std::pow(0.24, 1.5), 1e-12);
}

TEST(SpreadNumbers, NormalDrawsOfTheSameSpread) {
  // 64 draws of N(1, 0.2^2) reach 2.37 deviations each way. Their skewness is about normal with
  // variance 6 n (n - 1) / ((n - 2) (n + 1) (n + 3)), times ((n - 2) / sqrt(n (n - 1)))^2 without
  // the correction for bias: deviation 0.292, of which 95 % stay below 1.645 times as much.
  Rows gains(1, std::vector<double>(64, 0.8));
  for (std::size_t i = 0; i < 32; ++i) gains[0][2 * i] = 1.2;
  const auto numbers = spread_numbers(gains, {.draws = 4000, .seed = 1});
  EXPECT_NEAR(value(numbers, "gains.max.null.layer_mid"), 1 + 2.37 * 0.2, 0.02);
  EXPECT_NEAR(value(numbers, "gains.min.null.layer_mid"), 1 - 2.37 * 0.2, 0.02);
  EXPECT_NEAR(value(numbers, "gains.skewness.null_95.layer_mid"), 1.645 * 0.292, 0.03);
}

TEST(SpreadNumbers, NullDoesNotKnowHowSkewedTheGainsAre) {
  Rows even(1, std::vector<double>(16, 0.9)), skewed = even;
  for (std::size_t i = 0; i < 16; i += 2) even[0][i] = 1.1;
  skewed[0][5] = 3;
  const auto null = [](const Rows& gains) {
    return value(spread_numbers(gains, kSettings), "gains.skewness.null_95.layer_mid");
  };
  EXPECT_EQ(null(even), null(skewed));
  EXPECT_GT(value(spread_numbers(skewed, kSettings), "gains.skewness.layer_mid"), null(skewed));
}

TEST(SpreadNumbers, ConstantGainsHaveNoSkewness) {
  const auto numbers = spread_numbers(Rows(3, std::vector<double>(8, 1.0)), kSettings);
  EXPECT_EQ(value(numbers, "gains.cv.layer_mid"), 0);
  EXPECT_FALSE(numbers.contains("gains.skewness.layer_mid"));
  EXPECT_FALSE(numbers.contains("gains.skewness.null_95.layer_mid"));
}

TEST(SpreadNumbers, GainsThatAreZeroHaveNoCoefficientOfVariationEither) {
  const auto numbers = spread_numbers(Rows(3, std::vector<double>(8, 0.0)), kSettings);
  EXPECT_EQ(value(numbers, "gains.max.layer_mid"), 0);
  EXPECT_FALSE(numbers.contains("gains.cv.layer_mid"));
}

TEST(Fading, IsTheMedianOverAllLayers) {
  const Rows gains{{0.5, 2}, {1, 0.9}, {0.6, 0.7}};  // smallest 0.5, 0.9, 0.6
  EXPECT_EQ(smallest_gains(gains), (std::vector{0.5, 0.9, 0.6}));
  EXPECT_NEAR(median_fading(gains), 0.4, 1e-12);
  EXPECT_EQ(median_fading(Rows(4, std::vector<double>(8, 1.0))), 0);
}

}  // namespace
}  // namespace rc
