#include "bench/curves.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

TEST(Curves, SecondsAreMedianAndQuartiles) {
  const auto number = seconds_number({5, 1, 4, 2, 3});
  EXPECT_DOUBLE_EQ(number.value, 3);
  EXPECT_DOUBLE_EQ(number.interval->lo, 2);
  EXPECT_DOUBLE_EQ(number.interval->hi, 4);
  EXPECT_DOUBLE_EQ(number.interval->level, 0.5);
}

TEST(Curves, SpeedupIsTheRatioOfMedians) {
  const auto number = speedup_number({4, 2, 9, 6, 5}, {1, 2, 3, 10, 2});
  EXPECT_DOUBLE_EQ(number.value, 5.0 / 2);
  EXPECT_LE(number.interval->lo, number.value);
  EXPECT_GE(number.interval->hi, number.value);
  EXPECT_EQ(number.interval->method, "bootstrap over repetitions");
}

// A machine that is ten times slower in some repetitions leaves a ratio of two in every pair.
TEST(Curves, PairsCancelWhatDisturbsBothSides) {
  const Samples thin = {1, 10, 1.5, 9, 1, 7, 3, 2, 5};
  Samples full;
  for (const double x : thin) full.push_back(2 * x);
  const auto number = speedup_number(full, thin);
  EXPECT_DOUBLE_EQ(number.value, 2);
  EXPECT_DOUBLE_EQ(number.interval->lo, 2);
  EXPECT_DOUBLE_EQ(number.interval->hi, 2);
  EXPECT_THROW(speedup_number({1, 2}, {1}), std::logic_error);
}

TEST(Curves, CapByHand) {
  AttentionTask task = {.full_width = 64, .key_width = 26, .value_width = 64};
  EXPECT_DOUBLE_EQ(attention_cap(task), 128.0 / 90);
  EXPECT_DOUBLE_EQ(attention_cap(task), 1 / (1 - (38.0 / 64) / 2));
  task.value_width = 32;  // values weigh less, keys more
  EXPECT_DOUBLE_EQ(attention_cap(task), 96.0 / 58);
  task.key_width = 64;
  EXPECT_DOUBLE_EQ(attention_cap(task), 1);
}

SpeedCurve curve(std::string kernel, double seconds, bool cold, bool thin) {
  const Samples samples(9, seconds);
  SpeedCurve c = {.phase = Phase::kDecode,
                  .kernel = std::move(kernel),
                  .cold = cold,
                  .thin = thin,
                  .points = {}};
  c.points.push_back({.task = {},
                      .check = {},
                      .samples = samples,
                      .seconds = seconds_number(samples),
                      .speedup = speedup_number(samples, samples)});
  return c;
}

TEST(Curves, FastestIsWarmAndThin) {
  const std::vector<SpeedCurve> curves = {
      curve("slow", 3, false, true), curve("good", 2, false, true), curve("cold", 1, true, true),
      curve("zeroed", 1, false, false)};
  EXPECT_EQ(fastest(curves, Phase::kDecode).kernel, "good");
  EXPECT_THROW(fastest(curves, Phase::kPrefill), std::logic_error);
}

TEST(Curves, NoiseIsToldWhereQuartilesAreFarApart) {
  std::vector<SpeedCurve> curves = {curve("quiet", 3, false, true)};
  EXPECT_EQ(noise_note(curves), "");
  curves[0].points[0].seconds = seconds_number({1, 1, 2, 3, 3});
  EXPECT_DOUBLE_EQ(worst_spread(curves), 1);
  EXPECT_NE(noise_note(curves).find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace rc
