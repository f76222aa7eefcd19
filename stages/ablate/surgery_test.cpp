#include "stages/ablate/surgery.h"

#include <gtest/gtest.h>

#include "model/evaluate.h"
#include "stages/ablate/test_model.h"

namespace rc {
namespace {

class OnTinyModel : public ::testing::Test {
 protected:
  torch::Tensor plain(const Weights& weights) const {
    return evaluate_tokens(Transformer(tiny_.model.config, weights, torch::kCPU), tiny_batch(), 3)
        .to(torch::kFloat64);
  }
  Weights cut(const char* order, long percent, int draw = 0) const {
    const auto& rule = order_named(order);
    return rule.apply(tiny_.trained(), rule.cut(tiny_.trained(), percent, draw));
  }
  TinyModel tiny_;
  Evaluator evaluate_{key_model(Transformer(tiny_.model.config, tiny_.model.weights, torch::kCPU)),
                      tiny_batch(), [](long) {}};
};

bool close(const torch::Tensor& a, const torch::Tensor& b) {
  return torch::allclose(a, b, 1e-5, 1e-5);
}

TEST_F(OnTinyModel, AnEvaluatorGivesTheLossesOfTheRowsAskedFor) {
  const auto weights = cut("low_gain", 60);
  EXPECT_TRUE(close(evaluate_.losses(weights, {0, 2}),
                    plain(weights).index_select(0, torch::tensor({0, 2}, torch::kInt64))));
}

TEST_F(OnTinyModel, AnEvaluatorGoesOnFromALayerThatAllShare) {
  auto weights = tiny_.model.weights;
  weights.layers[1].gain_k = torch::zeros({8});
  evaluate_.share_below(1);
  EXPECT_TRUE(close(evaluate_.losses(weights, {0, 1, 2}), plain(weights)));
}

TEST_F(OnTinyModel, RandomOrdersAreDrawnForEachSequenceAnew) {
  const Surgery surgery(evaluate_, tiny_.trained(), 3);
  const auto losses = surgery.losses(order_named("random"), 50, {0, 1, 2});
  for (int row = 0; row < 3; ++row)
    EXPECT_TRUE(close(losses[row], plain(cut("random", 50, row))[row])) << row;
}

TEST_F(OnTinyModel, SequencesTakeSeveralDrawsWhereTheyAreFewer) {
  const Surgery surgery(evaluate_, tiny_.trained(), 4);
  const auto losses = surgery.losses(order_named("random"), 50, {0, 1, 2});
  for (int row = 0; row < 3; ++row) {
    const auto mean = (plain(cut("random", 50, row)) + plain(cut("random", 50, 3 + row))) / 2;
    EXPECT_TRUE(close(losses[row], mean[row])) << row;
  }
}

TEST_F(OnTinyModel, SomeSequencesTakeOneDrawEach) {
  const Surgery surgery(evaluate_, tiny_.trained(), 4);
  const auto losses = surgery.losses(order_named("random"), 50, {0, 2});
  EXPECT_TRUE(close(losses[1], plain(cut("random", 50, 2))[2]));
}

TEST_F(OnTinyModel, SurgeryOnSomeLayersLeavesTheOthersAlone) {
  const Surgery surgery(evaluate_, tiny_.trained(), 1, {1, 2});
  auto weights = cut("low_gain", 50);
  weights.layers[0] = tiny_.model.weights.layers[0];
  EXPECT_TRUE(close(surgery.losses(order_named("low_gain"), 50, {0, 1, 2}), plain(weights)));
}

TEST(Evaluations, AreOneASequenceOrAsManyAsTheDrawsWanted) {
  EXPECT_EQ(Surgery::evaluations(order_named("random"), 20, 64, 64), 64);
  EXPECT_EQ(Surgery::evaluations(order_named("random"), 20, 8, 8), 24);
  EXPECT_EQ(Surgery::evaluations(order_named("random"), 20, 8, 64), 8);
  EXPECT_EQ(Surgery::evaluations(order_named("low_gain"), 20, 8, 8), 8);
}

TEST(WithoutKeys, ZeroesThoseOfTheLayersNamed) {
  const TinyModel tiny;
  const auto deep = without_keys(tiny.model.weights, {1, 2});
  EXPECT_TRUE(torch::equal(deep.layers[0].gain_k, tiny.model.weights.layers[0].gain_k));
  EXPECT_EQ(deep.layers[1].gain_k.abs().max().item<float>(), 0);
  EXPECT_EQ(without_keys(tiny.model.weights).layers[0].gain_k.abs().max().item<float>(), 0);
}

}  // namespace
}  // namespace rc
