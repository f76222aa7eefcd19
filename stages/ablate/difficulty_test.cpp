#include "stages/ablate/difficulty.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

torch::Tensor losses() { return torch::arange(40, torch::kFloat64).reshape({4, 10}) * 0.1; }

TEST(Deciles, HoldTheEasiestTokensFirst) {
  const auto deciles = deciles_of(losses().flip({0, 1}).contiguous());
  ASSERT_EQ(deciles.tokens.size(), 10u);
  EXPECT_EQ(deciles.tokens[0], (std::vector<std::size_t>{39, 38, 37, 36}));
  EXPECT_NEAR(deciles.loss[0], 0.15, 1e-12);
  EXPECT_NEAR(deciles.loss[9], 3.75, 1e-12);
}

TEST(Deciles, RiseByWhatTheirTokensRise) {
  const auto before = losses();
  const auto deciles = deciles_of(before);
  const auto rises = rises_by_decile(deciles, before, before * 1.5, 100);
  EXPECT_NEAR(rises.rise[0], 0.5 * deciles.loss[0], 1e-12);
  EXPECT_NEAR(rises.rise[9], 0.5 * deciles.loss[9], 1e-12);
  for (std::size_t d = 0; d < 10; ++d) EXPECT_LE(rises.lo[d], rises.hi[d]);
}

TEST(Trend, OfAMonotoneRiseIsOneAndUnlikely) {
  const auto up = trend_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5000, 0);
  EXPECT_DOUBLE_EQ(up.spearman, 1);
  EXPECT_LT(up.p, 0.001);
  const auto down = trend_of({10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 5000, 0);
  EXPECT_DOUBLE_EQ(down.spearman, -1);
  EXPECT_GT(down.p, 0.99);
}

// Of the 24 orders of four numbers, Spearman is at least 0.8 in 4: 1 identity, 3 swaps of
// neighbours.
TEST(Trend, HasTheProbabilityOfThePermutationsAsLarge) {
  EXPECT_NEAR(trend_of({1, 2, 4, 3}, 20000, 1).p, 4.0 / 24, 0.01);
}

}  // namespace
}  // namespace rc
