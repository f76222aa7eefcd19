// The original study's model, for timing: its shape decides what thinner keys buy, its weights do
// not.
#pragma once

#include <vector>

#include "bench/amdahl.h"
#include "bench/measure.h"
#include "model/config.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// 88 M parameters, as in profiles/paper.conf.
ModelConfig original_model();

/// One prompt of kernels.original_prompt tokens, and a step that reads the original's whole context
/// in kernels.decode_batch sequences.
std::vector<Workload> original_workloads(const Settings& settings);

/// A prompt takes a second: few repetitions, of one prompt or two steps each.
Protocol original_protocol();

}  // namespace rc
