// Which kernels are timed on which tasks, from the settings kernels.*.
#pragma once

#include <functional>
#include <vector>

#include "bench/measure.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// Cases come curve by curve: one rival in one phase, warm or cold, at every percentage. So curve c
/// is cases[c * percents.size()] and those behind it, the first of them at full width.
struct KernelPlan {
  std::vector<long> percents;  // of the key dimensions that are removed, the first is 0
  std::vector<TimedCase> cases;
};

/// Repetitions and their least time, kernels.repetitions and kernels.seconds.
Protocol protocol_of(const Settings& settings);

/// The task at full width. UserError if heads do not share evenly or the width is odd.
AttentionTask task_of(const Settings& settings, Phase phase);

/// Checks every rival that handles a task and lists it. UserError names the first wrong one. Rivals
/// whose work shrinks with the keys also decode with cold caches.
KernelPlan plan_kernels(const Settings& settings, at::Device device);

}  // namespace rc
