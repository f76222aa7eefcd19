#include "stages/correlate/correlation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

Rows independent_gains(std::size_t layers, std::size_t width, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(1, 0.3);
  Rows rows(layers, std::vector<double>(width));
  for (auto& row : rows)
    for (auto& x : row) x = normal(random);
  return rows;
}

TEST(Products, CosinePearsonSpearmanByHand) {
  const Rows rows{{1, 2, 3, 4}, {1, 3, 2, 10}};
  const auto at = [](const Rows& units) { return products(units)[0][1]; };
  EXPECT_NEAR(at(unit_rows(rows)), 53 / std::sqrt(30.0 * 114), 1e-12);
  EXPECT_NEAR(at(centred_unit_rows(rows)), 13 / std::sqrt(5.0 * 50), 1e-12);
  EXPECT_NEAR(at(ranked_unit_rows(rows)), 0.8, 1e-12);
  EXPECT_NEAR(products(unit_rows(rows))[1][1], 1, 1e-12);
}

TEST(Products, AgreeWithTheStatisticsOfThePipeline) {
  const auto rows = independent_gains(2, 64, 5);
  EXPECT_NEAR(products(unit_rows(rows))[0][1], cosine(rows[0], rows[1]), 1e-12);
  EXPECT_NEAR(products(centred_unit_rows(rows))[0][1], pearson(rows[0], rows[1]), 1e-12);
  EXPECT_NEAR(products(ranked_unit_rows(rows))[0][1], spearman(rows[0], rows[1]), 1e-12);
}

TEST(Constant, RowsHaveNoDirectionOnceCentred) {
  const Rows rows{{0.1, 0.1, 0.1}, {1, 2, 3}, {0, 0, 0}};
  EXPECT_EQ(centred_unit_rows(rows)[0], (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(unit_rows(rows)[2], (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(varying(rows, {0, 1, 2}), (std::vector<std::size_t>{1}));
}

TEST(Layers, FirstAndLastAreLeftOut) {
  EXPECT_EQ(inner_layers(5), (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_TRUE(inner_layers(2).empty());
  EXPECT_EQ(choose(Rows{{1}, {2}, {3}}, {2, 0}), (Rows{{3}, {1}}));
  EXPECT_TRUE(choose(RotarySteps{}, {2, 0}).empty());
}

TEST(Pairs, MeanLeastAndByDistanceByHand) {
  const Rows matrix{{1, 2, 6}, {2, 1, 4}, {6, 4, 1}};
  EXPECT_DOUBLE_EQ(pair_mean(matrix), 4);
  EXPECT_DOUBLE_EQ(pair_least(matrix), 2);
  EXPECT_EQ(mean_by_distance(matrix), (std::vector<double>{3, 6}));
}

TEST(Shuffling, KeepsTheNumbersAndAShiftTheirOrder) {
  std::mt19937_64 random(1);
  std::vector<double> permuted{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, shifted = permuted;
  const auto original = permuted;
  shuffle_row(permuted, Shuffle::kPermutation, random);
  EXPECT_NE(permuted, original);
  EXPECT_TRUE(std::ranges::is_permutation(permuted, original));
  std::vector<int> offsets(10, 0);
  for (int draw = 0; draw < 5000; ++draw) {
    shifted = original;
    shuffle_row(shifted, Shuffle::kCircularShift, random);
    for (std::size_t i = 0; i + 1 < 10; ++i)
      ASSERT_EQ(std::fmod(shifted[i + 1] - shifted[i] + 10, 10), 1);
    ++offsets[static_cast<std::size_t>(shifted[0]) - 1];
  }
  for (const int count : offsets) EXPECT_NEAR(count, 500, 100);
}

TEST(PermutationNull, IsCentredWithTheKnownVariance) {
  // A pair's permuted Pearson correlation has mean 0 and variance 1 / (d - 1).
  const auto null =
      null_draws(centred_unit_rows(independent_gains(2, 17, 3)), Shuffle::kPermutation, 4000, 1);
  EXPECT_NEAR(mean(null.mean), 0, 0.02);
  EXPECT_NEAR(std::pow(standard_deviation(null.mean), 2), 1.0 / 16, 0.006);
  EXPECT_EQ(null.by_distance.size(), 1u);
  EXPECT_EQ(null.by_distance[0], null.mean);
}

TEST(PermutationNull, PIsUniformForIndependentGains) {
  constexpr int kTrials = 300;
  std::vector<double> p;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto units = centred_unit_rows(independent_gains(5, 16, 1000 + trial));
    const auto null = null_draws(units, Shuffle::kPermutation, 99, trial);
    p.push_back(permutation_p(pair_mean(products(units)), null.mean));
  }
  std::ranges::sort(p);
  double largest_gap = 0;  // Kolmogorov-Smirnov; 1.63 / sqrt(n) is exceeded once in 100
  for (int i = 0; i < kTrials; ++i)
    largest_gap = std::max(largest_gap, std::abs(p[i] - (i + 0.5) / kTrials));
  EXPECT_LT(largest_gap, 1.63 / std::sqrt(kTrials));
}

TEST(PermutationNull, SharedGainsStandOut) {
  auto rows = independent_gains(5, 64, 8);
  for (auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) row[i] += rows[0][i];
  const auto units = centred_unit_rows(rows);
  const auto null = null_draws(units, Shuffle::kPermutation, 99, 1);
  EXPECT_DOUBLE_EQ(permutation_p(pair_mean(products(units)), null.mean), 0.01);
}

TEST(CircularShiftNull, SmoothRowsAgreeByChanceMoreThanPermutedOnesDo) {
  Rows smooth(6, std::vector<double>(32));
  for (int l = 0; l < 6; ++l)
    for (int i = 0; i < 32; ++i) smooth.at(l).at(i) = std::sin(0.196 * i + 1.3 * l * l);
  const auto units = centred_unit_rows(smooth);
  const auto q99 = [&](Shuffle kind) {
    return quantile(null_draws(units, kind, 500, 1).mean, 0.99);
  };
  EXPECT_GT(q99(Shuffle::kCircularShift), 2 * q99(Shuffle::kPermutation));
}

TEST(CosineFromCv, IsWhatPermutingGives) {
  const Rows two{{1, 3}, {1, 3}};  // mean 2, cv 1/2
  EXPECT_DOUBLE_EQ(cosine_from_cv(two), 1 / (1 + 0.25));
  const auto rows = independent_gains(6, 32, 11);
  const auto null = null_draws(unit_rows(rows), Shuffle::kPermutation, 2000, 1);
  EXPECT_NEAR(mean(null.mean), cosine_from_cv(rows), 2e-4);
}

TEST(TopRows, OverlapByHandAndByChance) {
  const auto overlap = [](const Rows& rows, std::size_t top) {
    return pair_mean(products(top_rows(rows, top)));
  };
  EXPECT_EQ(top_rows({{3, 7, 7, 1, 7}}, 2), (Rows{{0, 1, 1, 0, 0}}));
  EXPECT_DOUBLE_EQ(overlap({{9, 8, 3, 2, 1}, {9, 8, 1, 2, 3}, {1, 9, 8, 2, 3}}, 2), 4.0 / 3);
  // 8 * 8 / 64 = 1 of 8 for independent layers; 190 pairs of 20 layers, about 0.85 each.
  EXPECT_NEAR(overlap(independent_gains(20, 64, 2), 8), 1, 0.25);
}

TEST(TopRows, PermutedOverlapIsHypergeometric) {
  // K = 3 of d = 12 twice: mean K^2/d = 3/4, variance K (K/d) (1 - K/d) (d - K)/(d - 1) = 81/176.
  const auto null =
      null_draws(top_rows(independent_gains(2, 12, 7), 3), Shuffle::kPermutation, 20000, 1);
  EXPECT_NEAR(mean(null.mean), 0.75, 0.02);
  EXPECT_NEAR(std::pow(standard_deviation(null.mean), 2), 81.0 / 176, 0.02);
  const auto all_three = static_cast<double>(std::ranges::count(null.mean, 3.0)) / 20000;
  EXPECT_NEAR(all_three, 1.0 / 220, 0.002);  // one of C(12, 3)
}

TEST(RotaryPairs, LevelAndDifferenceInBothLayouts) {
  const Rows rows{{1, 5, 2, 8}};
  EXPECT_EQ(pair_levels(rows, Pairing::kInterleaved), (Rows{{3, 5}}));
  EXPECT_EQ(pair_differences(rows, Pairing::kInterleaved), (Rows{{-4, -6}}));
  EXPECT_EQ(pair_levels(rows, Pairing::kHalves), (Rows{{1.5, 6.5}}));
  EXPECT_EQ(pair_differences(rows, Pairing::kHalves), (Rows{{-1, -3}}));
}

TEST(ByFrequency, FastestPairsFirst) {
  EXPECT_EQ(by_frequency({{10, 11, 12}, {20, 21, 22}}, {{0, 1, 2}, {5, 0, 3}}),
            (Rows{{10, 11, 12}, {21, 22, 20}}));
}

}  // namespace
}  // namespace rc
