// When the order of the gains stops changing, and when that of a random walk would (claim A5).
#pragma once

#include <optional>
#include <random>
#include <vector>

#include "stages/correlate/correlation.h"
#include "stages/correlate/gains.h"

namespace rc {

/// Spearman correlation of each layer's gains at every snapshot with those at the last one, mean
/// over the layers whose final gains vary: [snapshots]. Gains that are still constant agree with
/// nothing: 0. Empty if the final gains of every layer are constant.
std::vector<double> agreement_with_end(const GainHistory& history);

/// First step from which the agreement stays above 0.9, as a share of the training run; as coarse
/// as the snapshots are, and never early. Nothing if no order is defined.
std::optional<double> lock_in_fraction(const GainHistory& history);

/// The run's gains without their direction: every increment from one snapshot to the next keeps its
/// place in time and its size, and a fair coin gives it its sign, dimension by dimension. What the
/// gains of a layer have in common (weight decay) moves no order and is taken off before, so that
/// it lends no size to the walk. Snapshots may lie unevenly: an increment belongs to its interval.
GainHistory random_walk(const GainHistory& history, std::mt19937_64& random);

/// The score of `draws` such walks, taken at the same snapshots; empty where none is defined.
///
/// Any sum of increments agrees with its own end sooner or later. With even increments a walk's
/// correlation with its end is sqrt(t / T), which passes 0.9 at 0.81 of the run; that much is
/// settled by nothing at all. What the score of a run says beside those of its walks:
///  * Gains that diffuse: had the increments independent and symmetric signs, the run would be one
///    of its own walks, and earlier than their 5 % quantile once in twenty times.
///  * Gains that drift at constant speed have their final order from the first snapshot on, and
///    their walks at 0.8 or later: earlier than the walks, as the order was indeed there early. It
///    was not drawn and then kept, though: whether other seeds draw another one is for
///    gains.seeds_spearman to show.
///  * Gains that stop early: so do the walks, since sizes stay where they were in time. Such a run
///    is earlier than its walks only as far as it kept a direction until then; what a schedule or
///    the optimizer does to the length of a step is not taken for settling.
/// One coin for a whole layer would be no null: under drift all its walks run up and down the one
/// line of the drift, and have the final order at once whenever they stay on one side. Increments
/// in shuffled order would spread over the run what was large at its beginning.
std::vector<double> lock_in_of_walks(const GainHistory& history, const NullSettings& settings);

}  // namespace rc
