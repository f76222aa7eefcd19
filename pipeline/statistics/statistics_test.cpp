#include "pipeline/statistics/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace rc {
namespace {

using testing::ElementsAre;
using Values = std::vector<double>;

TEST(Statistics, MeanMedianQuantile) {
  const Values x = {4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(mean(x), 2.5);
  EXPECT_DOUBLE_EQ(median(x), 2.5);
  EXPECT_DOUBLE_EQ(median(Values{9, 1, 5}), 5);
  // Type 7: position q * (n - 1) in the sorted 1 2 3 4.
  EXPECT_DOUBLE_EQ(quantile(x, 0), 1);
  EXPECT_DOUBLE_EQ(quantile(x, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(x, 0.9), 3.7);
  EXPECT_DOUBLE_EQ(quantile(x, 1), 4);
  EXPECT_DOUBLE_EQ(quantile(Values{7}, 0.3), 7);
}

TEST(Statistics, EmptyInputIsOurMistake) {
  EXPECT_THROW(mean({}), std::invalid_argument);
  EXPECT_THROW(quantile({}, 0.5), std::invalid_argument);
  EXPECT_THROW(quantile(Values{1}, 1.5), std::invalid_argument);
  EXPECT_THROW(cosine(Values{1}, Values{1, 2}), std::invalid_argument);
}

TEST(Statistics, Spread) {
  // About the mean 5: 9+1+1+1+0+0+4+16 = 32; 32/7 and 32/8.
  const Values x = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(standard_deviation(x), std::sqrt(32.0 / 7));
  EXPECT_DOUBLE_EQ(coefficient_of_variation(x), 2.0 / 5);
  EXPECT_EQ(standard_deviation(Values{3}), 0);
}

TEST(Statistics, AConstantHasOneValueOnly) {
  EXPECT_TRUE(is_constant(std::vector{0.1, 0.1, 0.1}));
  EXPECT_FALSE(is_constant(std::vector{0.1, 0.1, 0.2}));
}

TEST(Statistics, CosineAndPearson) {
  EXPECT_DOUBLE_EQ(cosine(Values{3, 4}, Values{4, 3}), 24.0 / 25);
  EXPECT_DOUBLE_EQ(cosine(Values{1, 0}, Values{0, 2}), 0);
  EXPECT_EQ(cosine(Values{0, 0}, Values{1, 2}), 0);
  // Centred: (-1.5 -.5 .5 1.5) and (-1 -2 2 1); 5 / (sqrt 5 sqrt 10).
  EXPECT_DOUBLE_EQ(pearson(Values{1, 2, 3, 4}, Values{2, 1, 5, 4}), 5 / std::sqrt(50.0));
  EXPECT_DOUBLE_EQ(pearson(Values{1, 2, 3}, Values{12, 11, 10}), -1);
}

TEST(Statistics, RanksShareTies) {
  EXPECT_THAT(mid_ranks(Values{10, 20, 20, 5}), ElementsAre(2, 3.5, 3.5, 1));
  EXPECT_THAT(mid_ranks(Values{1, 1, 1}), ElementsAre(2, 2, 2));
}

TEST(Statistics, SpearmanSeesOrderOnly) {
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3, 4}, Values{1, 10, 100, 1000}), 1);
  // 1 - 6 * (1 + 1 + 1 + 1) / (4 * 15)
  EXPECT_DOUBLE_EQ(spearman(Values{1, 2, 3, 4}, Values{2, 1, 4, 3}), 0.6);
}

TEST(Statistics, PartialSpearmanTakesAThirdOrderOut) {
  const Values x{1, 2, 3, 4}, y{1, 30, 2, 40}, z{-2, 1, 8, 2};
  ASSERT_NEAR(spearman(x, y), 0.8, 1e-12);
  ASSERT_NEAR(spearman(x, z), 0.8, 1e-12);
  ASSERT_NEAR(spearman(y, z), 0.4, 1e-12);
  EXPECT_NEAR(partial_spearman(x, y, z), (0.8 - 0.32) / std::sqrt(0.36 * 0.84), 1e-12);
  // That of the residuals of the ranks.
  const auto residual = [&](const Values& ranks, double slope) {
    const Values of_z = mid_ranks(z);
    Values left;
    for (std::size_t i = 0; i < ranks.size(); ++i) left.push_back(ranks[i] - slope * of_z[i]);
    return left;
  };
  EXPECT_NEAR(partial_spearman(x, y, z),
              pearson(residual(mid_ranks(x), 0.8), residual(mid_ranks(y), 0.4)), 1e-12);
  // What follows the third alone has nothing of its own.
  EXPECT_TRUE(std::isnan(partial_spearman(x, y, Values{5, 6, 7, 8})));
}

TEST(Statistics, StudentInterval) {
  // Tables: t(0.975) is 12.706 for 1 degree of freedom and 4.303 for 2.
  const Interval two = t_interval(Values{0, 2});
  EXPECT_NEAR(two.hi - 1, 12.706, 5e-4);
  EXPECT_NEAR(1 - two.lo, 12.706, 5e-4);
  const Interval three = t_interval(Values{1, 2, 3});
  EXPECT_NEAR(three.hi, 2 + 4.3027 / std::sqrt(3.0), 1e-4);
  // t(0.95) for 1 degree of freedom is 6.314.
  EXPECT_NEAR(t_interval(Values{0, 2}, 0.9).hi - 1, 6.314, 5e-4);
  EXPECT_EQ(two.method, "t over seeds");
  EXPECT_THROW(t_interval(Values{1}), std::invalid_argument);
}

Interval bootstrap_mean(const Values& x, int draws, std::uint64_t seed, double level = 0.95) {
  const auto statistic = [&](std::span<const std::size_t> indices) {
    double sum = 0;
    for (const std::size_t i : indices) sum += x[i];
    return sum / static_cast<double>(indices.size());
  };
  return bootstrap(x.size(), draws, seed, statistic, level);
}

TEST(Statistics, BootstrapOfTheMean) {
  Values x(400);
  std::iota(x.begin(), x.end(), 0.0);
  // The standard error of the mean of 0..399 is sqrt((400^2 - 1) / 12 / 400) = 5.77.
  const Interval interval = bootstrap_mean(x, 4000, 1);
  EXPECT_NEAR(interval.lo, 199.5 - 1.96 * 5.77, 1.0);
  EXPECT_NEAR(interval.hi, 199.5 + 1.96 * 5.77, 1.0);
  const Interval narrow = bootstrap_mean(x, 4000, 1, 0.5);
  EXPECT_NEAR(narrow.hi - narrow.lo, 2 * 0.6745 * 5.77, 0.7);
}

TEST(Statistics, BootstrapRepeatsWithItsSeed) {
  Values x(100);
  std::iota(x.begin(), x.end(), 0.0);
  EXPECT_EQ(bootstrap_mean(x, 50, 7).lo, bootstrap_mean(x, 50, 7).lo);
  EXPECT_NE(bootstrap_mean(x, 50, 7).lo, bootstrap_mean(x, 50, 8).lo);
}

TEST(Statistics, PermutationPIsNeverZero) {
  const Values null = {1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(permutation_p(5, null), 1.0 / 5);
  EXPECT_DOUBLE_EQ(permutation_p(3, null), 3.0 / 5);  // a tie counts as extreme
  EXPECT_DOUBLE_EQ(permutation_p(0, null), 1);
}

/// The same numbers summed in another order: a permutation that changes nothing is no smaller.
TEST(Statistics, PermutationPCountsTiesThatDifferInTheLastBit) {
  const double one_way = (0.1 + 0.2) + 0.3, other_way = 0.1 + (0.2 + 0.3);
  ASSERT_LT(other_way, one_way);
  EXPECT_DOUBLE_EQ(permutation_p(one_way, Values{other_way, 0.5, 0.4}), 2.0 / 4);
  EXPECT_DOUBLE_EQ(permutation_p(1e-6 * one_way, Values{1e-6 * other_way, 0}), 2.0 / 3)
      << "of the scale, whatever it is";
  EXPECT_DOUBLE_EQ(permutation_p(1, Values{1 - 1e-8, 0.5}), 1.0 / 3) << "less than a tie";
}

TEST(Statistics, NaNStaysNaN) {
  const double nan = std::nan("");
  const Values some = {1, nan, 3}, all = {nan, nan, nan}, none = {1, 2, 3};
  const auto is_nan = testing::IsNan();
  EXPECT_THAT(mean(some), is_nan);
  EXPECT_THAT(median(some), is_nan);
  EXPECT_THAT(standard_deviation(some), is_nan);
  EXPECT_THAT(cosine(some, none), is_nan);
  EXPECT_THAT(pearson(none, some), is_nan);
  EXPECT_THAT(spearman(some, none), is_nan);
  EXPECT_THAT(spearman(all, all), is_nan);
  EXPECT_THAT(mid_ranks(some), testing::Each(is_nan));
  EXPECT_THAT(permutation_p(nan, none), is_nan);
  EXPECT_THAT(permutation_p(9, some), is_nan);
  EXPECT_THAT(holm(some), testing::Each(is_nan));
  EXPECT_THAT(bootstrap(2, 20, 0, [&](auto) { return nan; }).lo, is_nan);
}

TEST(Statistics, HolmStepsDown) {
  // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") is 0.05 0.08 0.09 0.09 0.09.
  const auto close = [](double value) { return testing::DoubleNear(value, 1e-12); };
  EXPECT_THAT(holm(Values{0.01, 0.02, 0.03, 0.04, 0.05}),
              ElementsAre(close(0.05), close(0.08), close(0.09), close(0.09), close(0.09)));
  // By hand: 4 * 0.005, 3 * 0.01, 2 * 0.03, and 1 * 0.04 may not fall below what came before it.
  EXPECT_THAT(holm(Values{0.01, 0.04, 0.03, 0.005}),
              ElementsAre(close(0.03), close(0.06), close(0.06), close(0.02)));
  EXPECT_THAT(holm(Values{0.9, 0.6}), ElementsAre(1, 1));
  EXPECT_THAT(holm(Values{0.3}), ElementsAre(0.3));
  EXPECT_TRUE(holm({}).empty());
}

TEST(Statistics, GeneratorsDifferBySeedAndLabel) {
  EXPECT_EQ(generator(1, "a")(), generator(1, "a")());
  EXPECT_NE(generator(1, "a")(), generator(1, "b")());
  EXPECT_NE(generator(1, "a")(), generator(2, "a")());
  EXPECT_NE(generator(1, "a")(), generator(1 + (std::uint64_t{1} << 32), "a")());
}

}  // namespace
}  // namespace rc
