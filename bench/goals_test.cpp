#include "bench/goals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rc {
namespace {

using ::testing::HasSubstr;

AttentionTask task_at(Phase phase, long width) {
  return {.phase = phase,
          .batch = 2,
          .heads = 4,
          .kv_heads = 2,
          .context = 10,
          .full_width = 64,
          .key_width = width,
          .value_width = 64};
}

/// A kernel that takes `full` seconds at width 64 and `half` at width 32, every time.
SpeedCurve goal_curve(Phase phase, const char* kernel, bool cold, double full, double half) {
  SpeedCurve c{.phase = phase, .kernel = kernel, .cold = cold, .thin = true, .points = {}};
  const Samples whole(11, full), thin(11, half);
  for (const auto& [percent, width, samples] :
       {std::tuple{0L, 64L, whole}, std::tuple{50L, 32L, thin}})
    c.points.push_back({.percent = percent,
                        .task = task_at(phase, width),
                        .check = {},
                        .samples = samples,
                        .seconds = seconds_number(samples),
                        .speedup = speedup_number(whole, samples)});
  return c;
}

std::vector<SpeedCurve> some_curves() {
  return {goal_curve(Phase::kPrefill, "ours", false, 1.0, 0.75),
          goal_curve(Phase::kPrefill, "slow", false, 9.0, 9.0),
          goal_curve(Phase::kPrefill, "best", false, 2.0, 2.0),
          goal_curve(Phase::kDecode, "ours", false, 1.0, 0.5),
          goal_curve(Phase::kDecode, "ours", true, 2.0, 1.8),
          goal_curve(Phase::kDecode, "best", false, 3.0, 3.0)};
}

TEST(CacheBytes, CountKeysAndValues) {
  EXPECT_DOUBLE_EQ(cache_bytes(task_at(Phase::kDecode, 32)), 2 * 2 * 10 * (32 + 64) * 4);
}

TEST(KernelGoals, AreRatiosToCopyCapAndTheBestRival) {
  const double bytes = cache_bytes(task_at(Phase::kDecode, 64));
  // A copy of as many bytes takes 1.9 s, our decode 2: 0.95 of its bandwidth.
  const auto goals =
      kernel_goals(some_curves(), "ours", {Samples(11, 1.9), bytes}, {Samples(11, 0.8), bytes / 2});
  ASSERT_EQ(goals.size(), 5u);
  EXPECT_NEAR(goals[0].measured.value, 0.95, 1e-12);
  EXPECT_NEAR(goals[1].measured.value, 0.8, 1e-12);
  EXPECT_NEAR(goals[2].measured.value, (2.0 / 1.8) / (128.0 / 96), 1e-12);
  EXPECT_THAT(goals[3].what, HasSubstr("best"));
  EXPECT_NEAR(goals[3].measured.value, 2.0, 1e-12);
  EXPECT_NEAR(goals[4].measured.value, (1 / 0.75) / (128.0 / 96), 1e-12);
}

TEST(KernelGoals, AreResolvedWhereTheIntervalLiesOnOneSide) {
  const auto goal = [](double lo, double hi) {
    return Goal{"x", {.value = 1, .interval = Interval{lo, hi, 0.95, "m"}}, 0.9};
  };
  EXPECT_EQ(judged(goal(0.9, 1.1)), "reached");
  EXPECT_EQ(judged(goal(0.7, 0.89)), "missed");
  EXPECT_EQ(judged(goal(0.8, 1.1)), "not resolved");
}

TEST(GoalTable, FitsATerminal) {
  const auto text = goal_table(
      kernel_goals(some_curves(), "ours", {Samples(11, 1.9), 1e3}, {Samples(11, 1.9), 1e3}));
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != text.npos; at = end + 1)
    EXPECT_LE(end - at, 80u) << text.substr(at, end - at);
}

}  // namespace
}  // namespace rc
