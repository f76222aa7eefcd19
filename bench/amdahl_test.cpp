#include "bench/amdahl.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

ModelConfig small_model() {
  ModelConfig m;
  m.layers = 2;
  m.d_model = 4;
  m.heads = 2;
  m.kv_heads = 1;
  m.d_k = 4;
  m.d_v = 2;
  m.d_ff = 8;
  m.vocabulary = 10;
  return m;
}

// One layer: W_q 4 x 8, W_k 4 x 4, W_v 4 x 2, W_o 4 x 4 = 72 weights; feed-forward 2 x 4 x 8 = 64.
TEST(Amdahl, DecodeOperationsByHand) {
  const auto cost = flops(small_model(), {Phase::kDecode, /*batch=*/3, /*context=*/5});
  EXPECT_DOUBLE_EQ(cost.projections, 2 * 3 * 2 * 72);
  EXPECT_DOUBLE_EQ(cost.keys, 2 * 3 * 2 * 5 * 2 * 4);
  EXPECT_DOUBLE_EQ(cost.values, 2 * 3 * 2 * 5 * 2 * 2);
  EXPECT_DOUBLE_EQ(cost.feed_forward, 2 * 3 * 2 * 64);
  EXPECT_DOUBLE_EQ(cost.output, 2 * 3 * 40);
  EXPECT_DOUBLE_EQ(cost.total(), 864 + 480 + 240 + 768 + 240);
}

// Five tokens see 1 + 2 + 3 + 4 + 5 = 15 keys; only the last one needs logits.
TEST(Amdahl, PrefillSeesHalfOfTheSquare) {
  const auto cost = flops(small_model(), {Phase::kPrefill, /*batch=*/1, /*context=*/5});
  EXPECT_DOUBLE_EQ(cost.projections, 2 * 5 * 2 * 72);
  EXPECT_DOUBLE_EQ(cost.keys, 2 * 2 * 15 * 2 * 4);
  EXPECT_DOUBLE_EQ(cost.values, 2 * 2 * 15 * 2 * 2);
  EXPECT_DOUBLE_EQ(cost.output, 2 * 40);
}

TEST(Amdahl, BytesByHand) {
  for (const auto phase : {Phase::kPrefill, Phase::kDecode}) {
    const auto cost = bytes(small_model(), {phase, /*batch=*/3, /*context=*/5});
    EXPECT_DOUBLE_EQ(cost.projections, 4 * 2 * 72);
    EXPECT_DOUBLE_EQ(cost.keys, 4 * 3 * 2 * 5 * 4);
    EXPECT_DOUBLE_EQ(cost.values, 4 * 3 * 2 * 5 * 2);
    EXPECT_DOUBLE_EQ(cost.feed_forward, 4 * 2 * 64);
    EXPECT_DOUBLE_EQ(cost.output, 4 * 40);
  }
}

// Halved keys: 8 + 4 columns of W_q and W_k shrink to 4 + 2, and the products with keys halve.
TEST(Amdahl, SpeedupIsTheRatioOfTotals) {
  const Workload work = {Phase::kDecode, 3, 5};
  const auto thin = with_thin_keys(small_model(), 50);
  ASSERT_EQ(thin.d_k, 2);
  const double saved = 2 * 3 * 2 * (4 * 6) + 240;
  EXPECT_DOUBLE_EQ(modelled_speedup(flops(small_model(), work), flops(thin, work)),
                   2592 / (2592 - saved));
}

TEST(Amdahl, WithoutOtherPartsTheSpeedupIsThatOfAttention) {
  auto model = small_model();
  model.d_v = 4;
  model.d_ff = model.vocabulary = 0;
  model.d_model = 0;  // no matrices at all
  const Workload work = {Phase::kDecode, 1, 100};
  const auto thin = with_thin_keys(model, 50);
  EXPECT_DOUBLE_EQ(modelled_speedup(bytes(model, work), bytes(thin, work)), 1 / (1 - 0.5 / 2));
}

}  // namespace
}  // namespace rc
