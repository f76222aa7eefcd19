// Losses of a changed model beside those of the whole one, sequence by sequence.
#pragma once

#include <span>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Validation loss of each sequence, nats a token.
using Sequences = std::vector<double>;

/// One order's losses: a row of sequences for each percentage.
using Curve = std::vector<Sequences>;

/// Mean rise of `cut` over `baseline`, paired by sequence, with a bootstrap interval over
/// sequences.
Number rise(const Sequences& cut, const Sequences& baseline, int draws);

/// That rise as a share of the attention benefit, mean(floor) - mean(baseline); the sequences of
/// both are resampled together.
Number rise_share(const Sequences& cut, const Sequences& baseline, const Sequences& floor,
                  int draws);

/// Largest percentage up to which the mean rise stays below `share` of the attention benefit.
long removable_percent(const Curve& curve, std::span<const long> percents,
                       const Sequences& baseline, const Sequences& floor, double share);

/// Mean over several curves of one shape, sequence by sequence.
Curve mean_curve(const std::vector<Curve>& curves);

}  // namespace rc
