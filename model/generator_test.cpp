#include "model/generator.h"

#include <gtest/gtest.h>

#include "model/compact.h"
#include "model/transformer.h"

namespace rc {
namespace {

ModelConfig tiny(bool qk_norm) {
  ModelConfig c;
  c.layers = 3, c.d_model = 64, c.heads = 4, c.kv_heads = 2, c.d_k = 12, c.d_v = 16, c.d_ff = 48;
  c.context = 40, c.vocabulary = 50, c.frequencies = {12, 10000}, c.qk_norm = qk_norm;
  return c;
}

/// Logits of every position from 20 on: a prompt of 20 tokens, then one at a time.
torch::Tensor generated(const SavedModel& model, const torch::Tensor& ids) {
  Generator generator(model, ids.size(0), 40);
  std::vector<torch::Tensor> logits = {generator.prefill(ids.narrow(1, 0, 20))};
  for (long t = 20; t < ids.size(1); ++t) logits.push_back(generator.decode(ids.select(1, t)));
  return torch::stack(logits, 1);
}

void expect_logits_of_the_training_path(const SavedModel& model) {
  const torch::NoGradGuard no_grad;
  const auto ids = torch::arange(3 * 33, torch::kInt64).reshape({3, 33}) * 7 % 50;
  const auto expected =
      Transformer(model.config, model.weights, torch::kCPU).logits(ids).narrow(1, 19, 14);
  EXPECT_TRUE(torch::allclose(generated(model, ids), expected, 1e-4, 1e-4));
}

TEST(Generator, GivesTheLogitsOfTheTrainingPath) {
  for (const bool qk_norm : {true, false}) {
    const auto config = tiny(qk_norm);
    expect_logits_of_the_training_path({config, initial_weights(config, 1, 0.2)});
  }
}

TEST(Generator, GivesThemWithALogitWidth) {
  auto config = tiny(true);
  config.logit_width = 48;
  expect_logits_of_the_training_path({config, initial_weights(config, 1, 0.2)});
}

TEST(Generator, GivesThemWithAGatedFeedForward) {
  auto config = tiny(true);
  config.gated_feed_forward = true;
  expect_logits_of_the_training_path({config, initial_weights(config, 1, 0.2)});
}

TEST(Generator, GivesThemForACompactedModelToo) {
  const auto config = tiny(true);
  const SavedModel full{config, initial_weights(config, 2, 0.2)};
  const KeptPairs kept = {{1, 4}, {0, 2}, {3, 5}};
  expect_logits_of_the_training_path(compact(full, kept, std::vector<NormCorrection>(3)));
}

TEST(Generator, ReadsASecondPromptAsIfItWereTheFirst) {
  const auto config = tiny(true);
  Generator generator({config, initial_weights(config, 3, 0.2)}, 1, 40);
  const auto ids = torch::arange(8, torch::kInt64).unsqueeze(0);
  const auto first = generator.prefill(ids);
  generator.decode(torch::tensor({9}, torch::kInt64));
  EXPECT_TRUE(torch::equal(generator.prefill(ids), first));
}

TEST(Generator, CountsTheBytesOfItsCaches) {
  const auto config = tiny(true);
  const Generator generator({config, initial_weights(config, 3, 0.2)}, 5, 40);
  EXPECT_DOUBLE_EQ(generator.cache_bytes(), 4.0 * 3 * 5 * 40 * 2 * (12 + 16));
}

TEST(Generator, RefusesMoreTokensThanItHasRoomFor) {
  const auto config = tiny(true);
  Generator generator({config, initial_weights(config, 3, 0.2)}, 1, 8);
  generator.prefill(torch::zeros({1, 8}, torch::kInt64));
  EXPECT_THROW(generator.decode(torch::zeros({1}, torch::kInt64)), c10::Error);
  EXPECT_THROW(generator.pretend_read(9), c10::Error);
}

TEST(Generator, RefusesSurgeryOnKeysRatherThanForgetIt) {
  const auto config = tiny(true);
  const SavedModel model{config, initial_weights(config, 3, 0.2)};
  auto moved = model, mapped = model;
  moved.weights.layers[1].key_offset = torch::ones({2, 12});
  mapped.weights.layers[1].key_map = torch::ones({2, 12, 12});
  EXPECT_THROW(Generator(moved, 1, 8), c10::Error);
  EXPECT_THROW(Generator(mapped, 1, 8), c10::Error);
}

}  // namespace
}  // namespace rc
