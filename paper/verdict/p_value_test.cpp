#include "paper/verdict/p_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

/// A number whose bootstrap interval is one of a normal distribution with this standard error.
Number normal_number(double value, double error) {
  const double half = 1.959963984540054 * error;
  return {value, "share", 1,
          Interval{value - half, value + half, 0.95, "bootstrap over sequences"}};
}

TEST(PValue, OfABootstrapIsNormal) {
  const Numbers numbers{{"x", normal_number(0.5, 0.1)}};
  EXPECT_NEAR(sampling_of(numbers.at("x"))->error, 0.1, 1e-12);
  for (const double limit : {0.4, 0.5, 0.75}) {
    const double tail = std::erfc((limit - 0.5) / 0.1 / std::sqrt(2.0)) / 2;  // 1 - Phi
    EXPECT_NEAR(*p_below(numbers, "x", limit), tail, 1e-12) << limit;
    EXPECT_NEAR(*p_above(numbers, "x", limit), 1 - tail, 1e-12) << limit;
  }
}

TEST(PValue, OverSeedsIsStudents) {
  // Two seeds: one degree of freedom, Cauchy's distribution, 1/2 + atan(t)/pi. Mean 1, error 1.
  const Numbers two{{"x", {1, "share", 2, t_interval(std::vector<double>{0, 2})}}};
  EXPECT_NEAR(sampling_of(two.at("x"))->error, 1, 1e-9);
  EXPECT_NEAR(*p_below(two, "x", 2), 0.25, 1e-9);
  EXPECT_NEAR(*p_above(two, "x", 1 - std::sqrt(3.0)), 0.5 - 1.0 / 3, 1e-9);
  // Three seeds: two degrees, 1/2 + t / (2 sqrt(t^2 + 2)). Mean 2, error 1/sqrt(3).
  const Numbers three{{"x", {2, "share", 3, t_interval(std::vector<double>{1, 2, 3})}}};
  const double t = -std::sqrt(3.0);
  EXPECT_NEAR(*p_below(three, "x", 3), 0.5 + t / (2 * std::sqrt(t * t + 2)), 1e-9);
}

TEST(PValue, NeedsASamplingDistribution) {
  const auto known = [](const Number& number) {
    return p_below({{"x", number}}, "x", 1).has_value();
  };
  const auto band = [](const std::string& method, int n) {
    return Number{0.5, "share", n, Interval{0.4, 0.6, 0.95, method}};
  };
  EXPECT_TRUE(known(band("bootstrap over sequences", 1)));
  EXPECT_TRUE(known(band("t over seeds", 2)));
  EXPECT_FALSE(known(band("t over seeds", 1)));
  EXPECT_FALSE(known(band("quantiles over draws", 1)));
  EXPECT_FALSE(known(band("bootstrap over sequences, only 3 of them", 1)));
  EXPECT_FALSE(known({0.5, "share", 1, {}}));
  EXPECT_FALSE(known({0.5, "share", 2, Interval{0.5, 0.5, 0.95, "t over seeds"}})) << "no width";
  EXPECT_FALSE(p_below({}, "x", 1)) << "no number";
}

TEST(PValue, ComparesTwoNumbers) {
  // 1 against 10 * 0.12, errors 0.03 and 10 * 0.004: 4 standard errors of 0.05.
  const Numbers numbers{{"a", normal_number(1, 0.03)}, {"b", normal_number(0.12, 0.004)}};
  EXPECT_NEAR(*p_below_multiple(numbers, "a", 10, "b"), std::erfc(4 / std::sqrt(2.0)) / 2, 1e-12);
  EXPECT_FALSE(p_below_multiple(numbers, "a", 10, "c"));
}

TEST(PValue, OfPermutationsDoublesOverSeeds) {
  const auto p = [](double value, int n) {
    return *p_of_permutation({{"x.p", {value, "probability", n, {}}}}, "x.p");
  };
  EXPECT_DOUBLE_EQ(p(0.03, 1), 0.03);
  EXPECT_DOUBLE_EQ(p(0.03, 3), 0.06);
  EXPECT_DOUBLE_EQ(p(0.7, 3), 1);
  EXPECT_FALSE(p_of_permutation({}, "x.p"));
}

TEST(PValue, OfAllIsTheLargest) {
  EXPECT_DOUBLE_EQ(*p_of_all({0.01, 0.2, 0.003}), 0.2);
  EXPECT_FALSE(p_of_all({0.01, std::nullopt}));
}

}  // namespace
}  // namespace rc
