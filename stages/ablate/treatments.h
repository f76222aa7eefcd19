// Cutting key dimensions out of a trained model: what is left of its weights.
#pragma once

#include <vector>

#include "model/calibration.h"
#include "model/weights.h"

namespace rc {

/// The key dimensions that go, [layer][...].
using Cut = std::vector<std::vector<long>>;

/// How many of `count` things `percent` % are, rounded to the nearest.
long share_of(long percent, long count);

/// The cut dimensions' gains become 0. Nothing is renormalised, as in the original.
Weights zero_gains(const Weights& weights, const Cut& cut);

/// The cut dimensions are set to their mean over tokens in place of 0: what is lost then is what
/// they told of the token, not their presence.
Weights set_to_mean(const Weights& weights, const Cut& cut, const Calibration& calibration);

/// Zeroed, and the remaining gains of a layer enlarged until its logits deviate as much as before:
/// tells a loss of information from a softmax that merely became flatter.
Weights zero_and_rescale(const Weights& weights, const Cut& cut, const Calibration& calibration);

}  // namespace rc
