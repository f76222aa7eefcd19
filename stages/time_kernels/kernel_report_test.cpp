#include "stages/time_kernels/kernel_report.h"

#include <gtest/gtest.h>

#include "bench/settings.h"

namespace rc {
namespace {

/// A curve at full width and at 60 % removed, `seconds` each.
SpeedCurve curve(Phase phase, std::string kernel, std::array<double, 2> seconds, bool cold = false,
                 bool thin = true) {
  SpeedCurve c = {
      .phase = phase, .kernel = std::move(kernel), .cold = cold, .thin = thin, .points = {}};
  const Samples full(9, seconds[0]);
  for (const int i : {0, 1}) {
    const Samples samples(9, seconds[static_cast<std::size_t>(i)]);
    c.points.push_back({.percent = i * 60,
                        .task = {.phase = phase,
                                 .batch = 8,
                                 .heads = 4,
                                 .kv_heads = 2,
                                 .context = 99,
                                 .key_width = i == 0 ? 64 : 26},
                        .check = {.error = 1e-7, .bound = 1e-6},
                        .samples = samples,
                        .seconds = seconds_number(samples),
                        .speedup = speedup_number(full, samples)});
  }
  return c;
}

std::vector<SpeedCurve> curves() {
  return {curve(Phase::kPrefill, "matmul", {6, 5}),
          curve(Phase::kDecode, "matmul", {8, 2}),
          curve(Phase::kDecode, "matvec", {4, 3.2}),
          curve(Phase::kDecode, "matmul", {9, 1}, /*cold=*/true),
          curve(Phase::kDecode, "matvec", {6, 4}, /*cold=*/true),
          curve(Phase::kDecode, "zeroed", {4, 4}, /*cold=*/false, /*thin=*/false)};
}

TEST(Report, NumbersAreThoseOfTheKernelFastestAtFullWidth) {
  const auto numbers = kernel_numbers(curves());
  EXPECT_DOUBLE_EQ(numbers.at("kernels.prefill.speedup.60").value, 1.2);
  EXPECT_DOUBLE_EQ(numbers.at("kernels.decode.speedup.60").value, 1.25);
  EXPECT_DOUBLE_EQ(numbers.at("kernels.decode.cold.speedup.60").value, 1.5);
  EXPECT_DOUBLE_EQ(numbers.at("kernels.decode.zeroed.speedup.60").value, 1);
  EXPECT_DOUBLE_EQ(numbers.at("kernels.decode.cap.60").value, 128.0 / 90);
  EXPECT_FALSE(numbers.contains("kernels.decode.speedup.0"));
}

TEST(Report, JsonHoldsRowsOfTheFastestAndTheOthersByName) {
  const auto decode = phases_json(curves()).at("decode");
  EXPECT_EQ(decode.at("kernel"), "matvec");
  EXPECT_EQ(decode.at("context"), 99);
  EXPECT_EQ(decode.at("batch"), 8);
  const auto& row = decode.at("rows").at(1);
  EXPECT_EQ(row.at("width"), 26);
  EXPECT_EQ(row.at("percent"), 60);
  EXPECT_DOUBLE_EQ(row.at("seconds"), 3.2);
  EXPECT_EQ(row.at("samples").size(), 9u);
  EXPECT_DOUBLE_EQ(row.at("speedup_lo"), 1.25);
  for (const char* other : {"matmul", "matmul.cold", "matvec.cold", "zeroed"})
    EXPECT_TRUE(decode.at("others").contains(other)) << other;
  EXPECT_FALSE(decode.at("others").contains("matvec"));
}

TEST(Report, WorkloadsAreThoseOfTheModel) {
  const auto works = model_workloads(Settings(
      timing_tables(), {"model.context=77", "kernels.prefill_batch=3", "kernels.decode_batch=5"}));
  ASSERT_EQ(works.size(), 2u);
  EXPECT_EQ(works[0].phase, Phase::kPrefill);
  EXPECT_EQ(works[0].batch, 3);
  EXPECT_EQ(works[1].batch, 5);
  EXPECT_EQ(works[1].context, 77);
}

TEST(Report, HighestModelledSpeedupIsTheLargestOfTheFour) {
  const auto settings = Settings(timing_tables());
  const auto model = ModelConfig::from(settings, 4096);
  const auto numbers = amdahl_numbers(model, model_workloads(settings), {50, 60});
  double highest = 0;
  for (const char* name : {"prefill.flops", "prefill.bytes", "decode.flops", "decode.bytes"}) {
    const double speedup = numbers.at(std::string("amdahl.") + name + ".60").value;
    EXPECT_GT(speedup, 1);
    EXPECT_GT(speedup, numbers.at(std::string("amdahl.") + name + ".50").value);
    highest = std::max(highest, speedup);
  }
  EXPECT_DOUBLE_EQ(numbers.at("amdahl.highest.60").value, highest);
}

// Without keys there are no W_q and W_k to read, and half of the cache is gone.
TEST(Report, KeysThatCostNothingAllowMost) {
  const auto settings = Settings(timing_tables());
  const auto model = ModelConfig::from(settings, 4096);
  const std::vector<Workload> work = {{Phase::kDecode, 2, 100}};
  const auto numbers = amdahl_numbers(model, work, {87});
  const auto full = bytes(model, work[0]);
  const double key_weights =
      4.0 * static_cast<double>(model.layers * model.d_model * (model.q_rows() + model.k_rows()));
  EXPECT_DOUBLE_EQ(numbers.at("amdahl.decode.bytes.all").value,
                   full.total() / (full.total() - key_weights - full.keys));
  EXPECT_GT(numbers.at("amdahl.highest.all").value, numbers.at("amdahl.highest.87").value);
}

}  // namespace
}  // namespace rc
