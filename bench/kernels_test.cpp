#include <gtest/gtest.h>

#include "bench/error_check.h"
#include "bench/measure.h"
#include "bench/reference.h"
#include "pipeline/error.h"

namespace rc {
namespace {

AttentionTask task_with(Phase phase, long batch, long heads, long kv_heads, long context,
                        long key_width) {
  return {.phase = phase,
          .batch = batch,
          .heads = heads,
          .kv_heads = kv_heads,
          .context = context,
          .full_width = 22,
          .key_width = key_width,
          .value_width = 9};
}

AttentionInputs thin_inputs(const AttentionTask& task) {
  return narrowed(random_inputs(task, 5, at::kCPU), task.key_width);
}

std::vector<AttentionTask> odd_tasks() {
  std::vector<AttentionTask> tasks;
  for (const auto phase : {Phase::kPrefill, Phase::kDecode})
    for (const long width : {22, 14, 2}) {
      tasks.push_back(task_with(phase, 3, 6, 2, 37, width));   // grouped
      tasks.push_back(task_with(phase, 1, 5, 5, 1, width));    // one key, no groups
      tasks.push_back(task_with(phase, 2, 3, 1, 130, width));  // one key-value head for all
    }
  return tasks;
}

TEST(Rivals, AgreeWithTheReferenceOnOddSizes) {
  for (const auto& rival : rivals())
    for (const auto& task : odd_tasks()) {
      if (!rival.handles(task, at::kCPU)) continue;
      const auto check = check_kernel(rival, task, thin_inputs(task));
      EXPECT_TRUE(check.passed()) << rival.name << " " << phase_name(task.phase) << " width "
                                  << task.key_width << " context " << task.context << ": error "
                                  << check.error << " > " << check.bound;
    }
}

TEST(Rivals, ZeroedGainsReadFullWidth) {
  const auto task = task_with(Phase::kDecode, 2, 4, 2, 11, 6);
  const auto prepared = zeroed_gains_rival().prepare(task, thin_inputs(task));
  EXPECT_EQ(prepared.k.size(-1), 22);
  EXPECT_TRUE(prepared.k.is_contiguous());
  EXPECT_EQ(prepared.k.narrow(-1, 6, 16).abs().sum().item<float>(), 0);
}

TEST(Rivals, ThinkGathersFromQueriesOfFullWidth) {
  const auto task = task_with(Phase::kDecode, 2, 4, 2, 11, 6);
  const auto prepared = think_rival().prepare(task, thin_inputs(task));
  EXPECT_EQ(prepared.q.size(-1), 22);
  EXPECT_EQ(prepared.k.size(-1), 6);
  // Heads of one group share their channels, the groups do not.
  EXPECT_TRUE(at::equal(prepared.kept[0][0], prepared.kept[0][1]));
  EXPECT_FALSE(at::equal(prepared.kept[0][1], prepared.kept[0][2]));
}

const auto kAnyTask = task_with(Phase::kDecode, 2, 4, 2, 33, 14);

/// The matmul kernel with another `run`.
Rival with_run(std::string_view name, decltype(Rival::run) run) {
  auto rival = matmul_rival();
  rival.name = name;
  rival.run = run;
  return rival;
}

Rival slightly_off() {
  return with_run("slightly-off",
                  [](const AttentionTask& t, const AttentionInputs& in, at::Tensor& out) {
                    matmul_rival().run(t, in, out);
                    out.mul_(1.00001);
                  });
}

TEST(Gate, BoundIsOfTheOrderOfFloatRounding) {
  const auto check = check_kernel(matmul_rival(), kAnyTask, thin_inputs(kAnyTask));
  EXPECT_GE(check.bound, 1e-6);
  EXPECT_LT(check.bound, 1e-5);
}

TEST(Gate, RefusesASmallErrorAndNamesTheKernel) {
  try {
    TimedCase(slightly_off(), kAnyTask, thin_inputs(kAnyTask), false);
    FAIL() << "a wrong kernel may be timed";
  } catch (const UserError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("'slightly-off' is wrong at decode, key width 14"), std::string::npos)
        << what;
  }
}

TEST(Gate, RefusesAnElementLeftOut) {
  const auto lazy =
      with_run("lazy", [](const AttentionTask& t, const AttentionInputs& in, at::Tensor& out) {
        auto mine = at::empty_like(out);
        matmul_rival().run(t, in, mine);
        out.view(-1).slice(0, 1).copy_(mine.view(-1).slice(0, 1));  // all but the first
      });
  EXPECT_FALSE(check_kernel(lazy, kAnyTask, thin_inputs(kAnyTask)).passed());
}

TEST(Gate, RefusesAKernelThatSpoilsItsInputs) {
  const auto greedy =
      with_run("greedy", [](const AttentionTask& t, const AttentionInputs& in, at::Tensor& out) {
        matmul_rival().run(t, in, out);
        at::Tensor(in.k).mul_(0.5);
      });
  EXPECT_FALSE(check_kernel(greedy, kAnyTask, thin_inputs(kAnyTask)).passed());
}

TEST(Gate, RefusesAnotherShape) {
  const auto flat =
      with_run("flat", [](const AttentionTask& t, const AttentionInputs& in, at::Tensor& out) {
        matmul_rival().run(t, in, out);
        out = out.flatten();
      });
  EXPECT_FALSE(check_kernel(flat, kAnyTask, thin_inputs(kAnyTask)).passed());
}

}  // namespace
}  // namespace rc
