// How much surgery fits into the time there is, of a model that takes seconds a sequence.
#pragma once

#include <string>

#include "model/foreign/audited_model.h"
#include "stages/ablate/thirds.h"

namespace rc {

struct AblationPlan {
  long sequences = 0;
  ExperimentOptions options;
  bool controls = false;  // thirds of the layers, and repeated random tokens
};

/// The most of a fixed list of plans that sends at most `evaluations` sequences through a model of
/// `layers` layers, or the least of them if none is as small. In nothing a plan goes beyond `most`,
/// what the settings ask for.
AblationPlan plan_within(long evaluations, const AblationPlan& most, long layers);

/// Sequences through the whole model that the plan takes at most.
long evaluations_of(const AblationPlan& plan, long layers);

/// Lines of at most 80 columns: what was chosen, how long it takes, and whether that is more than
/// the budget has for it.
std::string plan_text(const AblationPlan& plan, const Allowance& allowance, long layers);

}  // namespace rc
