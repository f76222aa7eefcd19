#include "bench/kernel_plan.h"

#include <fmt/format.h>

#include "pipeline/error.h"

namespace rc {
namespace {

constexpr std::uint64_t kInputSeed = 0;

void require(bool holds, const std::string& complaint) {
  if (!holds) throw UserError(complaint);
}

std::vector<long> percents_of(const Settings& settings) {
  std::vector<long> percents = {0};
  for (const long p : settings.integers("kernels.percents")) percents.push_back(p);
  return percents;
}

class Planner {
 public:
  Planner(const Settings& settings, at::Device device)
      : settings_(settings), device_(device), plan_{percents_of(settings), {}} {}

  KernelPlan plan() && {
    for (const auto phase : {Phase::kPrefill, Phase::kDecode}) add_phase(phase);
    return std::move(plan_);
  }

 private:
  void add_phase(Phase phase) {
    const auto task = task_of(settings_, phase);
    const auto inputs = random_inputs(task, kInputSeed, device_);
    for (const auto& rival : rivals()) {
      if (!rival.handles(task, device_)) continue;
      add_curve(rival, task, inputs, /*cold=*/false);
      if (rival.thin && phase == Phase::kDecode) add_curve(rival, task, inputs, /*cold=*/true);
    }
  }

  void add_curve(const Rival& rival, AttentionTask task, const AttentionInputs& inputs, bool cold) {
    for (const long percent : plan_.percents) {
      task.key_width = kept_width(task.full_width, percent);
      plan_.cases.emplace_back(rival, task, narrowed(inputs, task.key_width), cold);
    }
  }

  const Settings& settings_;
  at::Device device_;
  KernelPlan plan_;
};

}  // namespace

Protocol protocol_of(const Settings& settings) {
  return {.repetitions = settings.integer("kernels.repetitions"),
          .seconds = settings.real("kernels.seconds")};
}

AttentionTask task_of(const Settings& settings, Phase phase) {
  const auto setting = [&](const char* name) {
    return settings.integer(std::string("kernels.") + name);
  };
  const bool prefill = phase == Phase::kPrefill;
  const AttentionTask task = {
      .phase = phase,
      .batch = setting(prefill ? "prefill_batch" : "decode_batch"),
      .heads = setting("heads"),
      .kv_heads = setting("kv_heads"),
      .context = setting(prefill ? "prefill_context" : "decode_context"),
      .full_width = setting("key_width"),
      .key_width = setting("key_width"),
      .value_width = setting("value_width"),
  };
  require(
      task.heads % task.kv_heads == 0,
      fmt::format("kernels.heads = {} is no multiple of kernels.kv_heads = {}; change one of them",
                  task.heads, task.kv_heads));
  require(task.full_width % 2 == 0,
          fmt::format("kernels.key_width = {} is odd; rotary embeddings turn pairs, make it even",
                      task.full_width));
  return task;
}

KernelPlan plan_kernels(const Settings& settings, at::Device device) {
  return Planner(settings, device).plan();
}

}  // namespace rc
