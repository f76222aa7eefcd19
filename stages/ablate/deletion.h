// Deleting rows of W_k and W_q for good, which is not the same as zeroing gains: RMSNorm divides by
// the root mean square of all rows that are there (claim A7).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stages/ablate/experiment.h"

namespace rc {

/// The ways to delete, as numbers.json names them:
///   rows             rows of W_k, smallest |gamma_k| first; the norm is taken over the survivors
///   rows_statistic   the same, the norm corrected by what the survivors' share of it is on average
///   pairs            whole rotary pairs of W_k and W_q: the key really becomes narrower
///   pairs_statistic  the same, both norms corrected
inline constexpr const char* kDeletions[] = {"rows", "rows_statistic", "pairs", "pairs_statistic"};

/// The weights with rows of W_k deleted. As single rows leave the key as wide as it was (RoPE turns
/// pairs), they are deleted in effect: set to 0, and the norm made one over the survivors.
Weights delete_rows(const TrainedModel& trained, const Cut& cut, bool statistic);

/// The compacted model: whole pairs gone from W_k, W_q, gains and rotary tables. `cut` holds both
/// members of a pair or none.
SavedModel delete_pairs(const TrainedModel& trained, const Cut& cut, bool statistic);

/// By way and percentage, one of kShownPercents.
using Deletions = std::map<std::string, std::map<long, Sequences>>;

/// `evaluate` gives the losses of a model; deletion changes its shape.
Deletions run_deletions(const TrainedModel& trained,
                        const std::function<Sequences(const SavedModel&)>& evaluate);

inline constexpr long kDeletionCount = std::size(kDeletions) * std::size(kShownPercents);

}  // namespace rc
