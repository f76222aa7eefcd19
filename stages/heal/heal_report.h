// heal.json.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/statistics/numbers.h"
#include "stages/heal/healing.h"

namespace rc {

/// With Student's intervals over validation sequences, paired, in nats a token:
///   heal.cut     rise of the loss right after the cut
///   heal.healed  the cut model trained on above the whole one trained on
///   heal.whole   what the same steps do to the whole model
///   heal.steps   how many steps
Numbers heal_numbers(const Healing& healing);

/// "percent", "d_k" and "cut_d_k", the losses of every validation sequence, and the training losses
/// of every step.
nlohmann::json heal_report(const Healing& healing, long percent);

}  // namespace rc
