#include "model/trainable_dimensions.h"

#include <gtest/gtest.h>

#include <set>

#include "model/test_settings.h"
#include "model/trainer.h"
#include "pipeline/error.h"

namespace rc {
namespace {

constexpr Trainable kLargest{Trainable::Which::kHighestGain, 12};
constexpr Trainable kRandom{Trainable::Which::kRandom, 12};

ModelConfig small() {
  ModelConfig c;
  c.layers = 2, c.d_model = 32, c.heads = 2, c.kv_heads = 1, c.d_k = 16, c.d_v = 16, c.d_ff = 64;
  c.context = 16, c.vocabulary = 50, c.frequencies = {16, 10000};
  return c;
}

Batch some_batch(long step) {
  return random_batch(torch::arange(200, torch::kInt32) * 7 % 50, 0, step, 4, 16, false);
}

TEST(TrainableDimensions, AreThoseOfLargestGain) {
  auto weights = initial_weights(small(), 0, 0.02);
  weights.layers[1].gain_k = torch::arange(16, torch::kFloat32) - 7.5;  // large at both ends
  const auto trainable = trainable_dimensions(weights, kLargest, 0);
  EXPECT_EQ(std::set<long>(trainable[1].begin(), trainable[1].end()),
            (std::set<long>{0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15}));
}

TEST(TrainableDimensions, AtRandomDifferByLayerAndComeBackForASeed) {
  const auto weights = initial_weights(small(), 0, 0.02);
  const auto trainable = trainable_dimensions(weights, kRandom, 4);
  EXPECT_EQ(std::set<long>(trainable[0].begin(), trainable[0].end()).size(), 12u);
  EXPECT_NE(trainable[0], trainable[1]);
  EXPECT_EQ(trainable, trainable_dimensions(weights, kRandom, 4));
}

/// Rows of dimension d in both query heads and the key head of a layer.
torch::Tensor rows_of(const torch::Tensor& qkvo, long d) {
  return qkvo.index_select(0, torch::tensor({d, 16 + d, 32 + d}, torch::kInt64));
}

TEST(Trainer, HoldsTheOtherDimensionsAfterATenthOfTheSteps) {
  const auto settings = model_settings({"train.steps=40", "train.trainable=highest_gain"});
  Transformer model(small(), initial_weights(small(), 0, 0.02), torch::kCPU);
  Trainer trainer(model, settings, Precision::kFloat32, 0);
  const auto copy = [](const torch::Tensor& x) { return x.detach().clone(); };
  for (long step = 1; step <= 4; ++step) trainer.step(step, some_batch(step));
  const auto before = copy(model.weights.layers[0].qkvo);
  const auto gains = copy(model.weights.layers[0].gain_k);
  const auto trainable = trainable_dimensions(model.weights, kLargest, 0)[0];
  for (long step = 5; step <= 8; ++step) trainer.step(step, some_batch(step));
  const auto& after = model.weights.layers[0].qkvo;
  for (long d = 0; d < 16; ++d) {
    const bool is_trainable = std::find(trainable.begin(), trainable.end(), d) != trainable.end();
    EXPECT_EQ(torch::equal(rows_of(before, d), rows_of(after, d)), !is_trainable) << d;
    EXPECT_EQ(gains[d].item<float>() == model.weights.layers[0].gain_k[d].item<float>(),
              !is_trainable);
  }
  EXPECT_FALSE(torch::equal(before.narrow(0, 48, 16), after.narrow(0, 48, 16)));  // values train on
}

/// Of layer 0, ascending: rows of these dimensions, and of W_v and W_o.
torch::Tensor trained_rows(const std::vector<long>& dimensions) {
  auto trained = torch::ones({96}, torch::kBool);
  trained.narrow(0, 0, 48).zero_();
  for (const long d : dimensions)
    trained.index_fill_(0, torch::tensor({d, 16 + d, 32 + d}, torch::kInt64), true);
  return trained.nonzero().flatten();
}

double norm_of_all_gradients(Weights& weights) {
  double squares = weights.embedding.grad().square().sum().item<double>();
  for (const auto& list : {weights.matrices(), weights.gains()})
    for (const auto* parameter : list) squares += parameter->grad().square().sum().item<double>();
  return std::sqrt(squares);
}

TEST(Trainer, HasRowsHeldFixedInNeitherClippingNorOrthogonalisation) {
  const auto settings = model_settings({"train.steps=40", "train.trainable=highest_gain",
                                        "train.muon_momentum=0", "train.clip=0.01"});
  Transformer model(small(), initial_weights(small(), 0, 0.02), torch::kCPU);
  Trainer trainer(model, settings, Precision::kFloat32, 0);
  for (long step = 1; step <= 4; ++step) trainer.step(step, some_batch(step));
  const auto& qkvo = model.weights.layers[0].qkvo;
  const auto before = qkvo.detach().clone();
  const auto rows = trained_rows(trainable_dimensions(model.weights, kLargest, 0)[0]);
  ASSERT_EQ(rows.size(0), 3 * 12 + 48);
  trainer.step(5, some_batch(5));
  const auto gradient = qkvo.grad().index_select(0, rows);
  EXPECT_FLOAT_EQ(gradient.square().sum().item<float>(), qkvo.grad().square().sum().item<float>());
  EXPECT_NEAR(norm_of_all_gradients(model.weights), 0.01, 1e-5);
  const auto moved = (qkvo.detach() - before).index_select(0, rows);
  const auto expected = -0.024 * std::sqrt(84.0 / 32) * polar_express(gradient);
  EXPECT_TRUE(torch::allclose(moved, expected, 1e-3, 1e-5));
}

TEST(Trainer, TakesDimensionsByTheGainsThatAnotherRunEndedWith) {
  const auto settings = model_settings({"train.steps=40", "train.trainable=final_gain"});
  auto finished = initial_weights(small(), 0, 0.02);
  for (auto& layer : finished.layers) layer.gain_k = torch::arange(16, torch::kFloat32) - 13.5;
  Transformer model(small(), initial_weights(small(), 0, 0.02), torch::kCPU);
  Trainer trainer(model, settings, Precision::kFloat32, 0, finished);
  for (long step = 1; step <= 4; ++step) trainer.step(step, some_batch(step));
  const auto before = model.weights.layers[1].gain_k.detach().clone();
  trainer.step(5, some_batch(5));
  for (long d = 0; d < 16; ++d)  // 13.5, 12.5, ..., 2.5 are the twelve largest
    EXPECT_EQ(before[d].item<float>() != model.weights.layers[1].gain_k[d].item<float>(), d < 12)
        << d;
  Trainer blind(model, settings, Precision::kFloat32, 0);
  EXPECT_THROW(blind.step(5, some_batch(5)), std::invalid_argument);
}

TEST(Trainer, TrainsEveryDimensionInTheFirstTenth) {
  std::vector<torch::Tensor> ends;
  for (const char* trainable : {"train.trainable=all", "train.trainable=highest_gain"}) {
    const auto settings = model_settings({"train.steps=40", trainable});
    Transformer model(small(), initial_weights(small(), 0, 0.02), torch::kCPU);
    Trainer trainer(model, settings, Precision::kFloat32, 0);
    for (long step = 1; step <= 4; ++step) trainer.step(step, some_batch(step));
    ends.push_back(model.weights.layers[1].qkvo.detach().clone());
  }
  EXPECT_TRUE(torch::equal(ends[0], ends[1]));
}

TEST(TrainableDimensions, AreNoMoreThanThereAre) {
  const auto settings = model_settings({"train.trainable=random"});
  EXPECT_THROW(Trainable::from(settings, 8), UserError);
  EXPECT_EQ(Trainable::from(settings, 16).count, 12);
}

TEST(StepsOf, AreFewerForAModelThatCopiesAlone) {
  const std::vector<std::string> steps = {"train.steps=100", "train.copy_steps=30"};
  EXPECT_EQ(steps_of(model_settings(steps)), 100);
  auto copying = steps;
  copying.push_back("train.labels=same");
  EXPECT_EQ(steps_of(model_settings(copying)), 30);
  EXPECT_EQ(steps_of(model_settings({"train.steps=100", "train.labels=same"})), 100);
}

TEST(StepsOf, AreAsManyTimesMoreAsTheArmSays) {
  EXPECT_EQ(steps_of(model_settings({"train.steps=100", "train.length=4"})), 400);
  EXPECT_EQ(steps_of(model_settings({"train.steps=33", "train.length=1.5"})), 50);
}

}  // namespace
}  // namespace rc
