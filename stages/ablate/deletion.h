// Deleting rows of W_k and W_q for good, which is not the same as zeroing gains: RMSNorm divides by
// the root mean square of all rows that are there (claim A7).
#pragma once

#include <functional>
#include <map>
#include <string>

#include "stages/ablate/experiment.h"

namespace rc {

/// The ways to delete that make another model, as numbers.json names them:
///   rows    rows of W_k, smallest |gamma_k| first; the norm is taken over the survivors
///   pairs   whole rotary pairs of W_k and W_q, norm and all: the key really becomes narrower
/// A third way makes none, and has the losses of order `pair`:
///   cached  the norm is taken over all rows, and of what it leaves only the surviving pairs are
///           turned, multiplied and kept in the cache. What was to be dropped multiplies a zero
///           where gains are zeroed, so the logits are the same, in fewer operations and bytes.
inline constexpr const char* kDeletions[] = {"rows", "pairs"};

/// The weights with rows of W_k deleted. As single rows leave the key as wide as it was (RoPE turns
/// pairs), they are deleted in effect: set to 0, and the norm made one over the survivors.
Weights delete_rows(const TrainedModel& trained, const Cut& cut);

/// The compacted model: whole pairs gone from W_k, W_q, gains and rotary tables. `cut` holds both
/// members of a pair or none.
SavedModel delete_pairs(const TrainedModel& trained, const Cut& cut);

/// By way and percentage, one of kShownPercents.
using Deletions = std::map<std::string, std::map<long, Sequences>>;

/// `evaluate` gives the losses of a model; deletion changes its shape.
Deletions run_deletions(const TrainedModel& trained,
                        const std::function<Sequences(const SavedModel&)>& evaluate);

inline constexpr long kDeletionCount = std::size(kDeletions) * std::size(kShownPercents);

}  // namespace rc
