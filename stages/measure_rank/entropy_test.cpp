#include "stages/measure_rank/entropy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

const double kLog3 = std::log(3.0);
/// Of the distribution (1/4, 3/4).
const double kQuarter = -(0.25 * std::log(0.25) + 0.75 * std::log(0.75));

TEST(CausalEntropy, EqualLogitsGiveTheLogOfTheirNumber) {
  const auto entropy = causal_entropy(torch::full({4, 4}, -3.0, torch::kFloat64));
  for (int t = 0; t < 4; ++t) EXPECT_NEAR(entropy[t].item<double>(), std::log(t + 1.0), 1e-12);
}

TEST(CausalEntropy, OneWinnerHasNone) {
  auto logits = torch::zeros({3, 3}, torch::kFloat64);
  logits.select(1, 0).fill_(1000);
  EXPECT_EQ(causal_entropy(logits).abs().max().item<double>(), 0);
}

TEST(CausalEntropy, HandComputedAndBlindToTheFuture) {
  const auto logits =
      torch::tensor({{5., 700., -9.}, {0., kLog3, 50.}, {0., 0., 0.}}, torch::kFloat64);
  const auto entropy = causal_entropy(logits);
  EXPECT_NEAR(entropy[0].item<double>(), 0, 1e-12);
  EXPECT_NEAR(entropy[1].item<double>(), kQuarter, 1e-12);
  EXPECT_NEAR(entropy[2].item<double>(), kLog3, 1e-12);
}

TEST(AttentionEntropy, IsAShareOfTheMostPossibleAtScaledLogits) {
  // d_k = 4: the logit 2 log 3 is halved; row 1 is all there is to average.
  auto queries = torch::zeros({1, 1, 2, 4}), keys = torch::zeros({1, 1, 2, 4});
  queries[0][0][1][2] = 1;
  keys[0][0][1][2] = 2 * kLog3;
  EXPECT_NEAR(attention_entropy(queries, keys)[0][0].item<double>(), kQuarter / std::log(2.0),
              1e-6);
}

TEST(AttentionEntropy, MeanOverPositionsLeavesOutTheFirst) {
  // Row 1 chooses one key, rows 2 and 3 are uniform.
  auto queries = torch::zeros({1, 1, 4, 2}), keys = torch::zeros({1, 1, 4, 2});
  queries[0][0][1][0] = 1000;
  keys[0][0][0][0] = 1;
  EXPECT_NEAR(attention_entropy(queries, keys)[0][0].item<double>(), 2.0 / 3, 1e-6);
}

TEST(AttentionEntropy, QueryHeadsOfAGroupReadItsKeyHead) {
  const auto queries = torch::full({4, 2, 8, 2}, 100.0);
  auto keys = torch::zeros({2, 2, 8, 2});
  keys[1].select(1, 0).fill_(1);  // key head 1: every query picks the first key
  const auto entropy = attention_entropy(queries, keys);
  ASSERT_EQ(entropy.sizes(), (std::vector<int64_t>{4, 2}));
  for (int64_t h = 0; h < 4; ++h)
    EXPECT_NEAR(entropy[h][1].item<double>(), h < 2 ? 1 : 0, 1e-6) << "query head " << h;
}

}  // namespace
}  // namespace rc
