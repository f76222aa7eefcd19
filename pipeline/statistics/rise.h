// Losses of a changed model beside those of the whole one, sequence by sequence.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// Validation loss of each sequence, nats a token; two at least where an interval is asked for.
using Sequences = std::vector<double>;

/// Student's t interval of the mean over sequences, one value of each.
Interval interval_over_sequences(std::span<const double> values);

/// Mean rise of `cut` over `baseline`, paired by sequence.
Number rise(const Sequences& cut, const Sequences& baseline);

/// That rise as a share of the attention benefit, mean(floor) - mean(baseline). The interval is
/// that of the ratio linearised about its value (delta method): of the mean over sequences of
/// (rise_s - share * benefit_s) / mean benefit. None where attention is worth nothing: of keys that
/// are zero, cut or not.
std::optional<Number> rise_share(const Sequences& cut, const Sequences& baseline,
                                 const Sequences& floor);

/// Largest percentage up to which each mean rise stays below `share` of the attention benefit. Both
/// are lists over `percents`: a point has the benefit of the sequences it was measured on.
long removable_percent(std::span<const long> percents, std::span<const double> rises,
                       std::span<const double> benefits, double share);

}  // namespace rc
