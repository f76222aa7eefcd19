// How much surgery fits into the time there is, of a model that takes seconds a sequence.
#pragma once

#include <string>

#include "stages/ablate/thirds.h"

namespace rc {

struct AblationPlan {
  long sequences = 0;
  ExperimentOptions options;
  bool controls = false;  // thirds of the layers, and repeated random tokens
};

/// The most of a fixed list of plans that sends at most `evaluations` sequences through a model of
/// `layers` layers, or the least of them if none is as small. No plan takes more than `measured`
/// sequences.
AblationPlan plan_within(long evaluations, long measured, long layers);

/// Sequences through the whole model that the plan takes.
long evaluations_of(const AblationPlan& plan, long layers);

/// Two lines of at most 80 columns: what was chosen, and how long it takes.
std::string plan_text(const AblationPlan& plan, long layers, double seconds_per_sequence);

}  // namespace rc
