#include "stages/measure_rank/sequence_intervals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

TEST(MeanNumber, IsStudentsIntervalOverSequences) {
  const auto number = mean_number(torch::tensor({1.0, 2.0, 3.0}, torch::kFloat64), "nats");
  EXPECT_DOUBLE_EQ(number.value, 2);
  // t(0.975) is 4.303 for 2 degrees of freedom.
  EXPECT_NEAR(number.interval->hi - 2, 4.3027 / std::sqrt(3.0), 1e-4);
  EXPECT_NEAR(2 - number.interval->lo, 4.3027 / std::sqrt(3.0), 1e-4);
  EXPECT_EQ(number.interval->method, "t over sequences");
  EXPECT_EQ(number.unit, "nats");
}

TEST(LeaveOneOut, CountsAllAlikeButTheOneThatIsLeftOut) {
  const auto expected = torch::tensor(
      {{1 / 3., 1 / 3., 1 / 3.}, {0., .5, .5}, {.5, 0., .5}, {.5, .5, 0.}}, torch::kFloat64);
  EXPECT_TRUE(torch::allclose(leave_one_out_weights(3), expected));
}

TEST(Jackknife, OfAMeanIsStudentsInterval) {
  const auto sequences = torch::tensor({0.3, 0.9, 0.4, 2.1}, torch::kFloat64);
  const auto values = to_vector(leave_one_out_weights(4).matmul(sequences));
  const auto number = jackknife_number(values, "x"), usual = mean_number(sequences, "x");
  EXPECT_NEAR(number.value, usual.value, 1e-12);
  EXPECT_NEAR(number.interval->lo, usual.interval->lo, 1e-12);
  EXPECT_NEAR(number.interval->hi, usual.interval->hi, 1e-12);
  EXPECT_EQ(number.interval->method, "t over sequences (jackknife)");
}

TEST(Jackknife, OfASquareByHand) {
  // Means of 1, 2, 6: 3, and 4, 3.5, 1.5 without one. Squares 9 and 16, 12.25, 2.25, whose mean is
  // 61/6: standard error^2 = 2/3 sum of squares about it.
  const double mean = 30.5 / 3;
  const double squares =
      std::pow(16 - mean, 2) + std::pow(12.25 - mean, 2) + std::pow(2.25 - mean, 2);
  const auto number = jackknife_number(std::vector{9.0, 16.0, 12.25, 2.25}, "x");
  EXPECT_EQ(number.value, 9);
  EXPECT_NEAR(number.interval->hi - 9, 4.302653 * std::sqrt(2 * squares / 3), 1e-4);
  EXPECT_NEAR(9 - number.interval->lo, 4.302653 * std::sqrt(2 * squares / 3), 1e-4);
}

}  // namespace
}  // namespace rc
