#include "model/trainer.h"

#include <gtest/gtest.h>

#include "model/tensors.h"
#include "model/test_settings.h"
#include "pipeline/error.h"

namespace rc {
namespace {

ModelConfig config_to_train() {
  ModelConfig c;
  c.layers = 2, c.d_model = 32, c.heads = 2, c.kv_heads = 1, c.d_k = 8, c.d_v = 16, c.d_ff = 64;
  c.context = 16, c.vocabulary = 50, c.frequencies = {8, 10000};
  return c;
}

Batch some_batch() {
  return random_batch(torch::arange(200, torch::kInt32) * 7 % 50, 0, 0, 4, 16, false);
}

TEST(CheckpointSteps, BeginDenseAndEndWithTheRun) {
  const auto steps = checkpoint_steps(320, 14);
  EXPECT_GE(steps.size(), 14u);
  for (const long early : {0, 1, 2, 4, 8, 16})
    EXPECT_TRUE(std::binary_search(steps.begin(), steps.end(), early)) << early;
  EXPECT_EQ(steps.back(), 320);
  EXPECT_GE(checkpoint_steps(120, 14).size(), 14u);
  EXPECT_GE(checkpoint_steps(20, 12).size(), 12u);
}

TEST(FinalSteps, AreTheLastRegularCheckpoints) {
  EXPECT_EQ(final_steps(320, 14), (std::vector<long>{256, 288, 320}));
  EXPECT_EQ(final_steps(489, 14), (std::vector<long>{391, 440, 489}));
  EXPECT_EQ(final_steps(130, 14), (std::vector<long>{104, 117, 130})) << "128 is a power of two";
  EXPECT_EQ(final_steps(20, 14), (std::vector<long>{16, 18, 20}));
  EXPECT_EQ(final_steps(8, 12), (std::vector<long>{6, 7, 8}));
  for (const long steps : {8L, 9L, 12L, 60L, 130L, 1280L}) {
    const auto kept = checkpoint_steps(steps, 14);
    for (const long step : final_steps(steps, 14))
      EXPECT_TRUE(std::binary_search(kept.begin(), kept.end(), step)) << step << " of " << steps;
  }
}

TEST(Trainer, LearnsABatchByHeart) {
  const auto config = config_to_train();
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
  Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
  const auto batch = some_batch();
  const double first = trainer.step(1, batch);
  double last = first;
  for (int i = 2; i <= 60; ++i) last = trainer.step(i, batch);
  EXPECT_NEAR(first, std::log(50.0), 0.5);
  EXPECT_LT(last, 0.1);
}

TEST(Trainer, TrainsAModelWithoutKeys) {
  auto config = config_to_train();
  config.uniform_attention = true;
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU, Precision::kFloat32,
                    Operations::kFused);
  Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
  const double first = trainer.step(1, some_batch());
  double last = first;
  for (int i = 2; i <= 60; ++i) last = trainer.step(i, some_batch());
  EXPECT_LT(last, first / 4);
  const auto settings = model_settings({"train.trainable=random", "train.trainable_dimensions=4"});
  EXPECT_THROW(Trainer(model, settings, Precision::kFloat32, 0), UserError);
}

/// The original's model, whose batch is four sequences of 2048 tokens: on a machine of 4 GB one at
/// a time, on one of 8 two.
TEST(PiecesSideBySide, AreAsManyAsThereIsMemoryFor) {
  ModelConfig c;
  c.layers = 22, c.d_model = 512, c.heads = 8, c.kv_heads = 4, c.d_k = 64, c.d_v = 64;
  c.d_ff = 2048, c.context = 2048, c.vocabulary = 49152;
  constexpr long kGigabyte = 1000000000;
  EXPECT_EQ(pieces_side_by_side(c, 2048, kGigabyte / 2, 8), 1);
  EXPECT_EQ(pieces_side_by_side(c, 2048, 7 * kGigabyte / 2, 8), 1);
  EXPECT_EQ(pieces_side_by_side(c, 2048, 6 * kGigabyte, 8), 2);
  EXPECT_EQ(pieces_side_by_side(c, 2048, 100 * kGigabyte, 8), 8);
}

/// Steps first + 1, ..., last, each on a batch of its own.
void train(Trainer& trainer, long first, long last) {
  for (long step = first + 1; step <= last; ++step)
    trainer.step(step,
                 random_batch(torch::arange(200, torch::kInt32) * 7 % 50, 0, step, 4, 16, false));
}

/// Of two steps that train all dimensions, and then of some that train four: taken up before, at
/// and after the change.
TEST(Trainer, GoesOnFromItsStateAsIfItHadNeverStopped) {
  for (const std::string which : {"all", "highest_gain", "random"}) {
    const auto settings = model_settings(
        {"train.trainable=" + which, "train.trainable_dimensions=4", "train.steps=20"});
    const auto config = config_to_train();
    const auto begin = [&] {
      return Transformer(config, initial_weights(config, 0, 0.02), torch::kCPU);
    };
    auto straight = begin();
    Trainer whole(straight, settings, Precision::kFloat32, 0);
    train(whole, 0, 9);
    for (const long stop : {1L, 2L, 3L, 7L}) {
      auto before = begin();
      Trainer first(before, settings, Precision::kFloat32, 0);
      train(first, 0, stop);
      NamedTensors state;
      for (const auto& [name, tensor] : first.state()) state[name] = tensor.clone();
      auto after = begin();
      Trainer second(after, settings, Precision::kFloat32, 0);
      second.restore(state);
      train(second, stop, 9);
      const auto expected = named(straight.weights, config), got = named(after.weights, config);
      for (const auto& [name, tensor] : expected)
        EXPECT_TRUE(torch::equal(tensor, got.at(name))) << which << stop << name;
    }
  }
}

TEST(Trainer, RefusesTheStateOfAnotherModel) {
  auto config = config_to_train();
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
  Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
  const auto state = trainer.state();
  config.d_ff = 32;
  Transformer other(config, initial_weights(config, 0, 0.02), torch::kCPU);
  Trainer narrow(other, model_settings(), Precision::kFloat32, 0);
  EXPECT_THROW(narrow.restore(state), std::invalid_argument);
  EXPECT_THROW(trainer.restore({}), std::invalid_argument);
}

TEST(Trainer, OfOneSeedGivesTheSameBytesTwice) {
  const auto config = config_to_train();
  std::vector<torch::Tensor> ends;
  for (int run = 0; run < 2; ++run) {
    Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
    Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
    for (int i = 1; i <= 5; ++i) trainer.step(i, some_batch());
    ends.push_back(model.weights.layers[1].qkvo.detach().clone());
  }
  EXPECT_TRUE(torch::equal(ends[0], ends[1]));
}

/// All weights after a few steps in three uneven pieces, taken by `threads`.
std::vector<torch::Tensor> trained_by(int threads, Operations operations) {
  prepare_cpu(threads);
  const auto config = config_to_train();
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU, Precision::kFloat32,
                    operations);
  Trainer trainer(model, model_settings({"train.microbatches=3"}), Precision::kFloat32, 0);
  for (int i = 1; i <= 5; ++i) trainer.step(i, some_batch());
  prepare_cpu(1);
  std::vector<torch::Tensor> all = {model.weights.embedding.detach()};
  for (const auto* matrix : model.weights.matrices()) all.push_back(matrix->detach());
  for (const auto* gain : model.weights.gains()) all.push_back(gain->detach());
  return all;
}

TEST(Trainer, GivesTheSameBytesWithAnyNumberOfThreads) {
  for (const auto operations : {Operations::kFused, Operations::kReference}) {
    const auto one = trained_by(1, operations);
    for (const int threads : {2, 4}) {
      const auto more = trained_by(threads, operations);
      for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_TRUE(torch::equal(one[i], more[i])) << threads << " threads, weight " << i;
    }
  }
}

TEST(Trainer, ShortensTheGradientToItsGreatestNorm) {
  const auto config = config_to_train();
  const auto norm_with = [&](const char* clip) {
    Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
    Trainer(model, model_settings({clip}), Precision::kFloat32, 0).step(1, some_batch());
    double squares = model.weights.embedding.grad().square().sum().item<double>();
    for (const auto* matrix : model.weights.matrices())
      squares += matrix->grad().square().sum().item<double>();
    for (const auto* gain : model.weights.gains())
      squares += gain->grad().square().sum().item<double>();
    return std::sqrt(squares);
  };
  const double whole = norm_with("train.clip=0");
  EXPECT_GT(whole, 0.1);
  EXPECT_NEAR(norm_with("train.clip=0.1"), 0.1, 1e-4);
  EXPECT_DOUBLE_EQ(norm_with("train.clip=1000"), whole);
}

TEST(Trainer, FindsTheGradientOfTheWholeBatchInUnevenMicrobatches) {
  const auto config = config_to_train();
  std::vector<double> losses;
  std::vector<torch::Tensor> gradients;
  for (const char* microbatches : {"train.microbatches=1", "train.microbatches=3"}) {
    Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU, Precision::kFloat32,
                      Operations::kFused);
    Trainer trainer(model, model_settings({microbatches, "train.clip=0"}), Precision::kFloat32, 0);
    losses.push_back(trainer.step(1, some_batch()));  // 4 sequences
    gradients.push_back(model.weights.embedding.grad());
  }
  EXPECT_NEAR(losses[0], losses[1], 1e-5);
  EXPECT_TRUE(torch::allclose(gradients[0], gradients[1], 1e-4, 1e-7));
}

/// Heads that are narrower together than the model: W_o has columns that are no weights.
TEST(Trainer, LeavesNoWeightWhereTheOutputProjectionHasNone) {
  auto config = config_to_train();
  config.d_v = 10;
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
  Trainer trainer(model, model_settings({"train.muon_momentum=0"}), Precision::kFloat32, 0);
  const auto& qkvo = model.weights.layers[1].qkvo;
  const long above = config.q_rows() + config.k_rows() + config.v_rows();
  const auto output = [&](const torch::Tensor& x) { return x.narrow(0, above, 32); };
  const auto before = qkvo.detach().clone();
  trainer.step(1, some_batch());
  const auto moved = qkvo.detach() - before;
  EXPECT_EQ(output(qkvo.detach()).narrow(1, 20, 12).abs().max().item<float>(), 0);
  const auto expect_moved_by = [](const torch::Tensor& part, const torch::Tensor& gradient) {
    const auto rows = static_cast<double>(part.size(0)),
               columns = static_cast<double>(part.size(1));
    const auto step = -0.024 * std::sqrt(std::max(1.0, rows / columns)) * polar_express(gradient);
    EXPECT_TRUE(torch::allclose(part, step, 1e-3, 1e-5)) << rows << " rows";
  };
  expect_moved_by(output(moved).narrow(1, 0, 20), output(qkvo.grad()).narrow(1, 0, 20));
  expect_moved_by(moved.narrow(0, 0, above), qkvo.grad().narrow(0, 0, above));
}

TEST(Trainer, KeepsFrozenGainsAtOne) {
  const auto config = config_to_train();
  Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
  Trainer trainer(model, model_settings({"train.gains=fixed"}), Precision::kFloat32, 0);
  const auto embedding = model.weights.embedding.detach().clone();
  for (int i = 1; i <= 3; ++i) trainer.step(i, some_batch());
  EXPECT_TRUE(torch::equal(model.weights.layers[0].gain_k.detach(), torch::ones({8})));
  EXPECT_FALSE(torch::equal(model.weights.layers[0].attention_norm.detach(), torch::ones({32})));
  EXPECT_FALSE(torch::equal(model.weights.embedding.detach(), embedding));
}

/// A rotary pair that neither queries nor keys have gets no gradient: decay alone moves its gains,
/// by 1 - adam_lr * weight_decay a step.
TEST(Trainer, ShrinksGainsThatNothingNeedsByWeightDecayOrNotAtAll) {
  const auto config = config_to_train();
  for (const char* decay : {"on", "off"}) {
    auto weights = initial_weights(config, 0, 0.02);
    for (const long head : {0, 8, 16}) weights.layers[1].qkvo.narrow(0, head + 4, 2).zero_();
    Transformer model(config, weights, torch::kCPU);
    const auto settings =
        model_settings({std::string("train.gain_decay=") + decay, "train.weight_decay=0.2"});
    Trainer trainer(model, settings, Precision::kFloat32, 0);
    for (int i = 1; i <= 3; ++i) trainer.step(i, some_batch());
    const double left = decay == std::string("on") ? std::pow(1 - 0.006 * 0.2, 3) : 1;
    EXPECT_NEAR(model.weights.layers[1].gain_k[5].item<double>(), left, 1e-6);
    EXPECT_NEAR(model.weights.layers[1].gain_q[5].item<double>(), left, 1e-6);
    EXPECT_GT(std::abs(model.weights.layers[1].gain_k[3].item<double>() - left), 1e-3);
  }
}

TEST(GainDecay, IsNoneWhereGainsAreFixedOrSpared) {
  EXPECT_EQ(gain_decay(model_settings({"train.weight_decay=0.3"})), 0.3);
  EXPECT_EQ(gain_decay(model_settings({"train.gain_decay=off"})), 0);
  EXPECT_EQ(gain_decay(model_settings({"train.gains=fixed"})), 0);
}

TEST(Trainer, StopsAtALossThatIsNotFinite) {
  const auto config = config_to_train();
  auto weights = initial_weights(config, 0, 0.02);
  weights.layers[0].up[0][0] = std::numeric_limits<float>::quiet_NaN();
  Transformer model(config, weights, torch::kCPU);
  Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
  try {
    trainer.step(17, some_batch());
    FAIL();
  } catch (const UserError& e) {
    EXPECT_NE(std::string(e.what()).find("step 17"), std::string::npos);
  }
}

TEST(Trainer, TellsOfAWeightThatIsNotFinite) {
  const auto config = config_to_train();
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    Transformer model(config, initial_weights(config, 0, 0.02), torch::kCPU);
    Trainer trainer(model, model_settings(), Precision::kFloat32, 0);
    trainer.step(1, some_batch());
    trainer.require_finite_weights(1);
    const torch::NoGradGuard no_grad;
    model.weights.layers[1].gain_q[3] = bad;
    try {
      trainer.require_finite_weights(17);
      FAIL();
    } catch (const UserError& e) {
      EXPECT_NE(std::string(e.what()).find("a weight is not finite at step 17"), std::string::npos);
    }
  }
}

TEST(Trainer, StopsAtAGradientThatIsNotFiniteAndUpdatesNothing) {
  const auto config = config_to_train();
  auto weights = initial_weights(config, 0, 0.02);
  // What the model computes stays as it was: the feed-forward layer squares what `up` gives. But
  // the gradient by `down` is 1e30 times as long.
  weights.layers[0].up *= 1e15;
  weights.layers[0].down *= 1e-30;
  for (const char* clip : {"train.clip=1", "train.clip=0"}) {
    Transformer model(config, weights.to(torch::kCPU), torch::kCPU);
    Trainer trainer(model, model_settings({clip}), Precision::kFloat32, 0);
    const auto before = model.weights.layers[0].up.detach().clone();
    try {
      trainer.step(17, some_batch());
      FAIL() << clip;
    } catch (const UserError& e) {
      EXPECT_NE(std::string(e.what()).find("gradient is inf at step 17"), std::string::npos)
          << e.what();
    }
    EXPECT_TRUE(torch::equal(model.weights.layers[0].up.detach(), before));
  }
}

}  // namespace
}  // namespace rc
