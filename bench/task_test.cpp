#include "bench/task.h"

#include <gtest/gtest.h>

#include <cmath>

#include "bench/reference.h"

namespace rc {
namespace {

constexpr AttentionTask kOdd = {.phase = Phase::kPrefill,
                                .batch = 2,
                                .heads = 6,
                                .kv_heads = 2,
                                .context = 7,
                                .full_width = 10,
                                .key_width = 6,
                                .value_width = 5};

AttentionTask odd_task(Phase phase) {
  auto task = kOdd;
  task.phase = phase;
  return task;
}

/// One element of the output, straight from the definition.
double naive_element(const AttentionTask& task, const AttentionInputs& in, long b, long h, long t,
                     long column) {
  const bool prefill = task.phase == Phase::kPrefill;
  const auto q = prefill ? in.q[b][h][t] : in.q[b][h];
  const auto k = in.k[b][h / (task.heads / task.kv_heads)];
  const auto v = in.v[b][h / (task.heads / task.kv_heads)];
  double weighted = 0, sum = 0;
  for (long s = 0; s < (prefill ? t + 1 : task.context); ++s) {
    double logit = 0;
    for (long i = 0; i < task.key_width; ++i) logit += q[i].item<double>() * k[s][i].item<double>();
    const double weight = std::exp(logit / std::sqrt(static_cast<double>(task.key_width)));
    sum += weight;
    weighted += weight * v[s][column].item<double>();
  }
  return weighted / sum;
}

void expect_reference_is_naive(Phase phase) {
  const auto task = odd_task(phase);
  const auto inputs = narrowed(random_inputs(task, 1, at::kCPU), task.key_width);
  const auto out = reference_attention(task, inputs, at::kDouble)
                       .view({task.batch, task.heads, task.queries(), task.value_width});
  for (long b = 0; b < task.batch; ++b)
    for (long h = 0; h < task.heads; ++h)
      for (long t = 0; t < task.queries(); ++t)
        for (long column = 0; column < task.value_width; column += 2)
          EXPECT_NEAR(out[b][h][t][column].item<double>(),
                      naive_element(task, inputs, b, h, t, column), 1e-12);
}

TEST(Reference, PrefillIsTheNaiveLoop) { expect_reference_is_naive(Phase::kPrefill); }
TEST(Reference, DecodeIsTheNaiveLoop) { expect_reference_is_naive(Phase::kDecode); }

TEST(Task, ShapesFollowThePhase) {
  EXPECT_EQ(odd_task(Phase::kPrefill).query_shape(), (std::vector<std::int64_t>{2, 6, 7, 6}));
  EXPECT_EQ(odd_task(Phase::kPrefill).output_shape(), (std::vector<std::int64_t>{2, 6, 7, 5}));
  EXPECT_EQ(odd_task(Phase::kDecode).query_shape(), (std::vector<std::int64_t>{2, 6, 6}));
  EXPECT_EQ(odd_task(Phase::kDecode).output_shape(), (std::vector<std::int64_t>{2, 6, 5}));
}

TEST(Task, InputsRepeatForASeedAndShareValues) {
  const auto task = odd_task(Phase::kDecode);
  const auto a = random_inputs(task, 1, at::kCPU), b = random_inputs(task, 1, at::kCPU);
  EXPECT_TRUE(at::equal(a.k, b.k));
  EXPECT_FALSE(at::equal(a.k, random_inputs(task, 2, at::kCPU).k));
  const auto thin = narrowed(a, 4);
  EXPECT_TRUE(at::equal(thin.k, a.k.narrow(-1, 0, 4)));
  EXPECT_TRUE(thin.k.is_contiguous());
  EXPECT_TRUE(thin.v.is_same(a.v));
}

TEST(Task, KeptWidthIsTheNearestNumberOfWholePairs) {
  const std::vector<std::pair<long, long>> cases = {{0, 64},  {25, 48}, {50, 32}, {60, 26},
                                                    {62, 24}, {75, 16}, {81, 12}, {87, 8}};
  for (const auto& [percent, width] : cases) EXPECT_EQ(kept_width(64, percent), width) << percent;
  EXPECT_EQ(kept_width(64, 99), 2);
}

}  // namespace
}  // namespace rc
