// kernels.json: the curves as data, and the numbers the documents cite.
#pragma once

#include <nlohmann/json.hpp>

#include "bench/amdahl.h"
#include "bench/curves.h"

namespace rc {

/// Both phases of the model at its own context, with the batches that the kernels are timed with.
std::vector<Workload> model_workloads(const Settings& settings);

/// kernels.<phase>.speedup.<p>     of the fastest kernel at full width, warm
/// kernels.<phase>.cap.<p>         see attention_cap
/// kernels.<phase>.zeroed.speedup.<p>   zeros instead of thin keys
/// kernels.decode.cold.speedup.<p>      the same kernel as the first, caches emptied before each
/// call
Numbers kernel_numbers(const std::vector<SpeedCurve>& curves);

/// Models of cost (amdahl.h): amdahl.<phase>.{flops,bytes}.<p> and amdahl.highest.<p>, the largest
/// of the four; <p> = all if keys cost nothing at all.
Numbers amdahl_numbers(const ModelConfig& model, const std::vector<Workload>& works,
                       const std::vector<long>& percents);

/// {"prefill": {"context", "batch", "heads", "kv_heads", "kernel", "rows": [...], "others": {...}},
/// ..}: rows of the fastest kernel; under "others" every other curve by its name ("zeroed",
/// "matvec.cold").
nlohmann::json phases_json(const std::vector<SpeedCurve>& curves);

/// What each part of the model costs at full key width, by phase.
nlohmann::json amdahl_json(const ModelConfig& model, const std::vector<Workload>& works);

}  // namespace rc
