// How long a run is, and after which of its steps checkpoints are kept.
#pragma once

#include <vector>

#include "pipeline/settings/settings.h"

namespace rc {

/// Whether a token's label is the token itself (setting train.labels).
bool copies(const Settings& settings);

/// Length of the run: train.length times train.steps, or train.copy_steps for a model that copies.
long steps_of(const Settings& settings);

/// Steps after which a checkpoint is kept, from 0 to `steps`: 0, 1, 2, 4, ... and then regular, so
/// that there are at least `least` (fewer only where there are fewer steps).
std::vector<long> checkpoint_steps(long steps, long least);

/// The last three regular ones of these. A run's final loss is the mean of theirs: one step's noise
/// is then no difference between arms (paper/claims.md, Statistics).
std::vector<long> final_steps(long steps, long least);

}  // namespace rc
