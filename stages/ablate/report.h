// The experiment as ablation.json.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/numbers.h"
#include "stages/ablate/experiment.h"

namespace rc {

/// ablate.<order>.<p> and its share of the attention benefit, floors, removable fractions.
Numbers ablation_numbers(const Experiment& experiment, int bootstrap_draws);

/// Curves to be drawn: mean loss, and a band that says what it is ("interval").
nlohmann::json ablation_curves(const Experiment& experiment, int bootstrap_draws);

}  // namespace rc
