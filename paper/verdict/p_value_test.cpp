#include "paper/verdict/p_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

Quantity seeds(const std::vector<double>& values) {
  return quantity({{"x", over_seeds(values)}}, "x");
}

TEST(PValue, OverSeedsIsStudents) {
  // Three seeds: two degrees, cdf 1/2 + t / (2 sqrt(t^2 + 2)). Mean 2, error 1/sqrt(3).
  const double t = -std::sqrt(3.0);
  EXPECT_NEAR(*p_below(seeds({1, 2, 3}), 3), 0.5 + t / (2 * std::sqrt(t * t + 2)), 1e-9);
  EXPECT_NEAR(*p_above(seeds({1, 2, 3}), 1), 0.5 + t / (2 * std::sqrt(t * t + 2)), 1e-9);
  EXPECT_NEAR(*p_above(seeds({1, 2, 3}), 2), 0.5, 1e-9);
  EXPECT_GT(*p_above(seeds({1, 2, 3}), 3), 0.5);
}

TEST(PValue, NeedsThreeSeedsThatDiffer) {
  EXPECT_FALSE(p_below(seeds({1, 2}), 3)) << "two seeds";
  EXPECT_FALSE(p_below(seeds({1, 1, 1}), 3)) << "no scatter";
  const Numbers one{{"x", {1, "", 1, Interval{0.9, 1.1, 0.95, kOverSequences}}}};
  EXPECT_FALSE(p_below(quantity(one, "x"), 3)) << "an interval over sequences tells of no seeds";
  EXPECT_FALSE(p_below(quantity({}, "x"), 3)) << "no number";
}

TEST(PValue, OfPermutationsNeedsThreeSeedsToo) {
  const auto p = [](double value, int n, std::map<long, double> by_seed) {
    return p_of_permutation({{"x.p", {value, "probability", n, {}, by_seed}}}, "x.p");
  };
  EXPECT_FALSE(p(0.03, 1, {}));
  EXPECT_FALSE(p(0.03, 2, {{0, 0.02}, {1, 0.04}}));
  EXPECT_DOUBLE_EQ(*p(0.03, 3, {{0, 0.02}, {1, 0.04}, {2, 0.03}}), 0.06) << "a mean of three";
  EXPECT_DOUBLE_EQ(*p(0.7, 3, {{0, 0.7}, {1, 0.7}, {2, 0.7}}), 1);
  EXPECT_DOUBLE_EQ(*p(0.03, 3, {}), 0.03) << "one permutation of all seeds";
  EXPECT_FALSE(p_of_permutation({}, "x.p"));
}

TEST(PValue, OfAllIsTheLargestAndOfAnyTheSmallestForAll) {
  EXPECT_DOUBLE_EQ(*p_of_all({0.01, 0.2, 0.003}), 0.2);
  EXPECT_FALSE(p_of_all({0.01, std::nullopt}));
  EXPECT_DOUBLE_EQ(*p_of_any({0.01, 0.2, 0.003}), 0.009);
  EXPECT_DOUBLE_EQ(*p_of_any({0.6, 0.7}), 1);
  EXPECT_FALSE(p_of_any({0.01, std::nullopt}));
}

TEST(Quantity, DifferencesArePairedBySeed) {
  Numbers numbers{{"a", over_seeds({1, 5, 9})}, {"b", over_seeds({0.5, 4.4, 8.6})}};
  const auto difference = quantity(numbers, "a") - quantity(numbers, "b");
  EXPECT_NEAR(difference.value, 0.5, 1e-12);
  EXPECT_NEAR(difference.by_seed.at(1), 0.6, 1e-12);
  EXPECT_LT(*p_above(difference, 0), 0.01) << "unpaired, 1 to 9 would drown it";
  numbers["b"].by_seed.erase(2);
  const auto fewer = quantity(numbers, "a") - 2 * quantity(numbers, "b");
  EXPECT_EQ(fewer.seeds, 2);
  EXPECT_NEAR(fewer.value, (0.0 - 3.8) / 2, 1e-12) << "the seeds that have both";
  numbers["b"] = {3, "", 1, {}};
  EXPECT_NEAR((quantity(numbers, "a") - quantity(numbers, "b")).value, 2, 1e-12);
  EXPECT_EQ((quantity(numbers, "a") - quantity(numbers, "b")).seeds, 1);
  EXPECT_EQ((quantity(numbers, "a") - quantity(numbers, "c")).missing, "c");
  EXPECT_EQ((2 * quantity(numbers, "c") - quantity(numbers, "a")).missing, "c");
}

}  // namespace
}  // namespace rc
