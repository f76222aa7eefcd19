#include "bench/measure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "bench/clock.h"
#include "bench/kernel_plan.h"
#include "bench/settings.h"
#include "pipeline/error.h"

namespace rc {
namespace {

Settings tiny(std::vector<std::string> overrides = {}) {
  std::vector<std::string> all = {"kernels.key_width=16",     "kernels.value_width=4",
                                  "kernels.heads=4",          "kernels.kv_heads=2",
                                  "kernels.decode_batch=2",   "kernels.prefill_context=6",
                                  "kernels.decode_context=9", "kernels.percents=50 75"};
  all.insert(all.end(), overrides.begin(), overrides.end());
  return {timing_tables(), all};
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no UserError";
}

TEST(Plan, CurvesHaveEveryWidthFullOneFirst) {
  const auto plan = plan_kernels(tiny(), at::kCPU);
  EXPECT_EQ(plan.percents, (std::vector<long>{0, 50, 75}));
  ASSERT_EQ(plan.cases.size() % 3, 0u);
  for (std::size_t i = 0; i < plan.cases.size(); i += 3) {
    EXPECT_EQ(plan.cases[i].task().key_width, 16) << plan.cases[i].name();
    EXPECT_EQ(plan.cases[i + 1].task().key_width, 8);
    EXPECT_EQ(plan.cases[i + 2].task().key_width, 4);
    EXPECT_EQ(plan.cases[i].rival().name, plan.cases[i + 2].rival().name);
  }
}

TEST(Plan, HasColdDecodeAndZeroedGains) {
  std::vector<std::string> names;
  for (const auto& timed : plan_kernels(tiny(), at::kCPU).cases) names.push_back(timed.name());
  for (const char* name : {"prefill/matmul/width:8", "decode/matmul/width:16",
                           "decode/matmul/cold/width:4", "decode/zeroed/width:4"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

TEST(Plan, SaysWhichSettingIsWrong) {
  EXPECT_NE(message_of([] {
              task_of(tiny({"kernels.key_width=15"}), Phase::kDecode);
            }).find("kernels.key_width = 15 is odd"),
            std::string::npos);
  EXPECT_NE(message_of([] {
              task_of(tiny({"kernels.kv_heads=3"}), Phase::kDecode);
            }).find("kernels.kv_heads = 3"),
            std::string::npos);
}

TEST(Measure, GivesOneSampleACaseAndRepetition) {
  auto task = task_of(tiny(), Phase::kDecode);
  const auto inputs = random_inputs(task, 0, at::kCPU);
  std::vector<TimedCase> cases;
  for (const bool cold : {false, true}) cases.emplace_back(matmul_rival(), task, inputs, cold);
  const Protocol protocol = {.repetitions = 3, .seconds = 1e-4};
  long last = 0;
  const auto samples = measure(timed(cases), protocol, [&](long done) { last = done; });
  EXPECT_EQ(last, 2 * (3 + 1));
  EXPECT_EQ(last, protocol.measurements(cases.size()));
  ASSERT_EQ(samples.size(), 2u);
  for (const auto& of_case : samples) {
    ASSERT_EQ(of_case.size(), 3u);
    for (const double seconds : of_case) EXPECT_GT(seconds, 0);
  }
}

/// A right answer that takes at least 20 ms at width 4.
Rival slow_at_width_4() {
  auto rival = matmul_rival();
  rival.run = [](const AttentionTask& t, const AttentionInputs& in, at::Tensor& out) {
    matmul_rival().run(t, in, out);
    if (t.key_width == 4) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  return rival;
}

TEST(Measure, SamplesBelongToTheirCase) {
  auto task = task_of(tiny(), Phase::kDecode);
  const auto inputs = random_inputs(task, 0, at::kCPU);
  std::vector<TimedCase> cases;
  for (const long width : {16, 8, 4, 2}) {
    task.key_width = width;
    cases.emplace_back(slow_at_width_4(), task, narrowed(inputs, width), false);
  }
  const auto samples = measure(timed(cases), {.repetitions = 5, .seconds = 1e-4}, [](long) {});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double least = *std::min_element(samples[i].begin(), samples[i].end());
    EXPECT_EQ(least >= 0.02, i == 2) << cases[i].name() << ": " << least << " s";
  }
}

TEST(Measure, GivesAllOfACurveAsManyCallsAsItsShortestNeeds) {
  std::map<std::string, std::vector<long>> calls;
  const auto taking = [&](const char* curve, const char* name, double each) {
    return Timed{.curve = curve, .seconds = [&calls, name, each](long n) {
                   calls[name].push_back(n);
                   return Samples(static_cast<std::size_t>(n), each);
                 }};
  };
  const std::vector<Timed> cases = {taking("a", "full", 0.004), taking("a", "thin", 0.001),
                                    taking("b", "other", 0.005), timed_copy(64)};
  measure(cases, {.repetitions = 2, .seconds = 0.01}, [&](long done) {
    if (done == static_cast<long>(cases.size())) calls.clear();  // what warmed them
  });
  EXPECT_EQ(calls["full"], (std::vector<long>{10, 10}));
  EXPECT_EQ(calls["thin"], calls["full"]);
  EXPECT_EQ(calls["other"], (std::vector<long>{2, 2}));
}

// Twice as many draws of the minimum would make this speed-up 2.1.
TEST(Measure, ThinKeysAreNotFlatteredByNoise) {
  std::mt19937_64 random(0);
  std::exponential_distribution<double> noise(1 / 0.3);
  const auto noisy = [&](double quiet) {
    return Timed{.curve = "one", .seconds = [&, quiet](long n) {
                   Samples samples(static_cast<std::size_t>(n));
                   for (auto& seconds : samples) seconds = quiet * (1 + noise(random));
                   return samples;
                 }};
  };
  const std::vector<Timed> cases = {noisy(0.002), noisy(0.001)};
  const auto samples = measure(cases, {.repetitions = 5001, .seconds = 0.004}, [](long) {});
  EXPECT_NEAR(paired_ratio(samples[0], samples[1]), 2, 0.02);
}

TEST(Measure, ACopyIsTakenAsOftenAsAColdCase) {
  auto task = task_of(tiny(), Phase::kDecode);
  std::vector<TimedCase> cases;
  cases.emplace_back(matmul_rival(), task, random_inputs(task, 0, at::kCPU), /*cold=*/true);
  const auto cold = timed(cases).front(), copy = timed_copy(1 << 20);
  EXPECT_EQ(cold.least_calls, copy.least_calls);
  EXPECT_EQ(cold.most_calls, copy.most_calls);
  for (const double seconds : copy.seconds(3)) EXPECT_GT(seconds, 0);
  EXPECT_EQ(copy.seconds(3).size(), 3u);
}

TEST(Clock, CountsEveryCall) {
  long calls = 0;
  EXPECT_GE(seconds_of(at::kCPU, 7, [&] { ++calls; }), 0);
  EXPECT_EQ(calls, 7);
  EXPECT_EQ(calls_between_readings(at::kCPU, false), 1);
  EXPECT_EQ(calls_between_readings(at::kCUDA, true), 1);
}

}  // namespace
}  // namespace rc
