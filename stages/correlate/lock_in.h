// When the order of the gains stops changing.
#pragma once

#include <optional>
#include <vector>

#include "stages/correlate/gains.h"

namespace rc {

/// Spearman correlation of each layer's gains at every snapshot with those at the last one, mean
/// over the layers whose final gains vary: [snapshots]. Gains that are still constant agree with
/// nothing: 0. Empty if the final gains of every layer are constant.
std::vector<double> agreement_with_end(const GainHistory& history);

/// First step from which the agreement stays above 0.9, as a share of the training run; as coarse
/// as the snapshots are, and never early. Nothing if no order is defined.
std::optional<double> lock_in_fraction(const GainHistory& history);

}  // namespace rc
