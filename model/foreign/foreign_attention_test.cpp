#include "model/foreign/foreign_attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "model/foreign/foreign_linear.h"
#include "model/microbatches.h"

namespace rc {
namespace {

using Scaling = RotaryFacts::Scaling;

/// The angle at position 1 of each pair: its frequency.
std::vector<float> frequencies(const RotaryFacts& rotary, long d_k) {
  const auto rope = foreign_rope(rotary, d_k, 2);
  const auto angles = torch::atan2(rope.sin[1], rope.cos[1]).contiguous();
  return {angles.data_ptr<float>(), angles.data_ptr<float>() + angles.numel()};
}

TEST(ForeignRope, FrequenciesFallFromOne) {
  const auto f = frequencies({.base = 100}, 4);
  EXPECT_FLOAT_EQ(f[0], 1);
  EXPECT_FLOAT_EQ(f[1], 0.1f);
}

TEST(ForeignRope, LinearStretchingDividesAll) {
  const auto f = frequencies({.base = 100, .scaling = Scaling::kLinear, .factor = 4}, 4);
  EXPECT_FLOAT_EQ(f[0], 0.25);
  EXPECT_FLOAT_EQ(f[1], 0.025f);
}

TEST(ForeignRope, Llama3StretchesSlowPairsAlone) {
  // Frequencies 1, .1, .01; in 2 pi 100 tokens they turn 100, 10 and 1 times.
  RotaryFacts rotary{.base = 1000, .scaling = Scaling::kLlama3, .factor = 8};
  rotary.original_context = 200 * std::numbers::pi;
  rotary.low_turns = 4, rotary.high_turns = 16;
  const auto f = frequencies(rotary, 6);
  EXPECT_FLOAT_EQ(f[0], 1);
  EXPECT_FLOAT_EQ(f[1], 0.5f * 0.1f / 8 + 0.5f * 0.1f);  // (10 - 4) / (16 - 4) = 1/2
  EXPECT_FLOAT_EQ(f[2], 0.01f / 8);
}

TEST(ForeignAttention, AWindowHoldsTheKeyItselfAndThoseJustBefore) {
  // Equal logits: what is read is the mean of the values seen, here of the positions 0, 1, 2, ....
  const auto q = torch::zeros({1, 5, 1, 2});
  const auto v = torch::arange(5, torch::kFloat32).reshape({1, 5, 1, 1}).expand({1, 5, 1, 2});
  const auto seen = [&](long window) {
    return foreign_attention(q, q, v, 1, window).select(2, 0).flatten();
  };
  EXPECT_TRUE(torch::allclose(seen(0), torch::tensor({0.f, .5f, 1.f, 1.5f, 2.f})));
  EXPECT_TRUE(torch::allclose(seen(2), torch::tensor({0.f, .5f, 1.5f, 2.5f, 3.5f})));
  EXPECT_TRUE(torch::allclose(seen(1), torch::tensor({0.f, 1.f, 2.f, 3.f, 4.f})));
  EXPECT_TRUE(torch::equal(seen(5), seen(0)));
}

TEST(ForeignNorm, IsTakenOverAsManyDimensionsAsItsGainHas) {
  // Two heads (3, 4) and (0, 5): mean squares 12.5 and 12.5; of all four together 12.5 as well, so
  // take (3, 4) and (0, 0): 12.5 and 0, together 6.25.
  const auto x = torch::tensor({3.f, 4.f, 0.f, 0.f}).reshape({1, 1, 2, 2});
  const auto one = foreign_norm(x, torch::tensor({1.f, 2.f}), 0.75);  // sqrt(13.25) and sqrt(.75)
  EXPECT_NEAR(one[0][0][0][1].item<float>(), 8 / std::sqrt(13.25), 1e-6);
  const auto gain = torch::tensor({1.f, 2.f, 3.f, 4.f}).reshape({2, 2});
  const auto all = foreign_norm(x, gain, 0.75);  // sqrt(7)
  EXPECT_NEAR(all[0][0][0][1].item<float>(), 8 / std::sqrt(7.0), 1e-6);
  EXPECT_TRUE(torch::equal(foreign_norm(x, {}, 0.75), x));
}

TEST(KeyChange, MasksThenMapsThenAdds) {
  // Head 0: (1, 2) masked to (1, 0), mapped by [[0, 1], [3, 0]] to (0, 3), plus (10, 20).
  // Head 1: (3, 4), mapped by the identity, stays.
  const auto keys = torch::tensor({1.f, 2.f, 3.f, 4.f}).reshape({1, 1, 2, 2});
  KeyChange change;
  EXPECT_TRUE(torch::equal(changed(keys, change), keys));
  change.mask = torch::tensor({1.f, 0.f, 1.f, 1.f}).reshape({2, 2});
  change.map = torch::tensor({0.f, 1.f, 3.f, 0.f, 1.f, 0.f, 0.f, 1.f}).reshape({2, 2, 2});
  change.offset = torch::tensor({10.f, 20.f, 0.f, 0.f}).reshape({2, 2});
  const auto expected = torch::tensor({10.f, 23.f, 3.f, 4.f}).reshape({1, 1, 2, 2});
  EXPECT_TRUE(torch::equal(changed(keys, change), expected));
}

TEST(Project, IsTheSameInPiecesByAnyNumberOfThreads) {
  at::set_num_threads(1);  // as prepare_cpu does in every program
  torch::manual_seed(1);
  const auto weight = torch::randn({700, 5000}), x = torch::randn({2, 3, 5000});
  const ForeignLinear linear{weight, torch::randn({700})};
  ASSERT_EQ(row_pieces(weight), 3);
  const auto expected = torch::matmul(x, weight.t()) + linear.bias;
  const auto alone = project(x, linear);
  EXPECT_LT((alone - expected).abs().max().item<float>(), 1e-3);
  set_worker_threads(3);
  EXPECT_TRUE(torch::equal(project(x, linear), alone));
  set_worker_threads(1);
}

TEST(PairsFromHalves, PutsTheTwoOfAPairSideBySide) {
  const auto halves = torch::tensor({0, 1, 2, 10, 11, 12});
  EXPECT_TRUE(torch::equal(pairs_from_halves(halves), torch::tensor({0, 10, 1, 11, 2, 12})));
}

}  // namespace
}  // namespace rc
