#include "stages/train/record.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

/// Three checkpoints of two sequences: means 2 and 5.
Record some_record() {
  Record record;
  record.losses = {6, 5, 4, 3};
  record.step_seconds = {0.1, 0.2, 0.3, 0.4};
  record.validation_steps = {0, 2, 3, 4};
  record.validation_losses = {7, 4, 3, 9};
  record.final_losses = {{1, 7}, {2, 4}, {3, 4}};
  return record;
}

TEST(FinalLoss, IsTheMeanOverSequencesOfTheirMeansOverCheckpoints) {
  const auto numbers = training_numbers(some_record(), {}, 100);
  const auto& loss = numbers.at("loss");
  EXPECT_DOUBLE_EQ(loss.value, 3.5);
  ASSERT_TRUE(loss.interval);
  EXPECT_EQ(loss.interval->method, "t over sequences");
  // Standard error 1.5, and 12.7062 is Student's with one degree.
  EXPECT_NEAR(loss.interval->hi, 3.5 + 1.5 * 12.7062, 1e-3);
  EXPECT_EQ(to_json(some_record(), {}, 100).at("final_sequences"), nlohmann::json({2.0, 5.0}));
}

TEST(GainDecayLine, FallsByAShareAStep) {
  EXPECT_DOUBLE_EQ(gain_decay_line(0.5, 0.2, 2).value, 0.81);
  EXPECT_DOUBLE_EQ(gain_decay_line(0.5, 0, 2).value, 1);
}

TEST(Floors, AreThoseOfTheLabelsOfTheWindows) {
  const Tokens corpus{torch::tensor({0, 1, 0, 1, 0, 2}, torch::kInt32),
                      torch::tensor({2, 2, 2}, torch::kInt32), 3};
  const Batch window{torch::tensor({{0}}, torch::kInt64), torch::tensor({{1}}, torch::kInt64)};
  const auto floor = floors(corpus, window);
  EXPECT_DOUBLE_EQ(floor.at("uniform"), std::log(3.0));
  EXPECT_DOUBLE_EQ(floor.at("unigram"), std::log(3.0));
  EXPECT_NEAR(floor.at("bigram").get<double>(), std::log(5 / (2 + 2.0 / 3)), 1e-12);
}

}  // namespace
}  // namespace rc
