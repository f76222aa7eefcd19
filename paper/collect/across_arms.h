// Numbers that take two arms of one seed.
#pragma once

#include <vector>

#include "paper/collect/merge.h"

namespace rc {

/// The arm that is trained without queries and keys: what attention is worth to a model that could
/// adapt is its loss less that of another.
inline constexpr const char* kNoAttention = "no_attention";

/// Adds to the results of each seed, so that they go through merge() like a stage's own numbers:
///   loss_difference.<arm> = loss of the arm - loss of the main arm          to the main arm's
///   benefit.learned = loss of no_attention - loss of the arm                to every arm's of that
///     task, width and number of steps
///   ablate.<order>.<percent>.share_learned = rise / benefit.learned         to the main arm's, at
///     the percentages that tables show
///   ablate.removable_fraction_learned.<order>: largest share cut on the way to which the rise
///   stays
///     under 1 % of benefit.learned; ghost.removable_learned.deep.{low_gain,random,best}: of the
///     deep third's dimensions, best the largest of all orders                    to every arm's
///   gains.decay_share = 1 - (1 - smallest gain of no_decay) / (1 - smallest gain), median over the
///     layers with a gain under 1                                            to the main arm's
/// Losses are paired by validation sequence, and their intervals are Student's over sequences.
/// UserError names both files where they do not hold the losses of the same sequences.
void derive_across_arms(std::vector<StageResult>& results);

}  // namespace rc
