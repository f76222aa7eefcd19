// Cutting rotary pairs out of a trained model for good: narrower W_q, W_k, gains and caches.
#pragma once

#include <vector>

#include "model/weights.h"

namespace rc {

/// The rotary pairs each layer keeps: [layer][...], ascending, as many in every layer.
using KeptPairs = std::vector<std::vector<long>>;

/// RMSNorm of the full model divides by the root mean square of all its dimensions; the compacted
/// one can see those it kept alone. A layer's factors are what the compacted norm is corrected by:
/// root mean square of the survivors over that of all, averaged over tokens. 1 where the norm is
/// taken over the survivors as they are.
struct NormCorrection {
  double q = 1;
  double k = 1;
};

/// The model with only the rows of the kept pairs left of W_q, W_k and both gains. The pairs keep
/// their step of the rotary frequencies, and logits keep the scale 1/sqrt(full width): correction
/// and scale go into the gains, so the result is an ordinary model of narrower keys. Without
/// QK-norm its logits are those of the full model with the other pairs' gains at 0. `corrections`
/// [layers].
SavedModel compact(const SavedModel& model, const KeptPairs& kept,
                   const std::vector<NormCorrection>& corrections);

/// The `count` pairs of each layer whose key gains are largest, by gamma_k^2 of both members
/// together; of equals the later ones, which cutting the smallest first leaves.
KeptPairs pairs_of_largest_gain(const Weights& weights, long count);

/// The dimensions 2p, 2p + 1 of each pair p.
std::vector<long> dimensions_of_pairs(const std::vector<long>& pairs);

}  // namespace rc
