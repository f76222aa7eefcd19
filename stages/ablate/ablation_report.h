// The operations as ablation.json.
#pragma once

#include <nlohmann/json.hpp>

#include "model/tensors.h"
#include "pipeline/statistics/numbers.h"
#include "stages/ablate/deletion.h"
#include "stages/ablate/experiment.h"
#include "stages/ablate/induction.h"
#include "stages/ablate/thirds.h"

namespace rc {

/// ablate.<order>.<p> and its share of the attention benefit, the two ends, and of kCompared
/// ablate.removable_fraction.<order>.
Numbers ablation_numbers(const Experiment& experiment);

/// ablate.<third>.<order>.<p> and its share, and ghost.removable.deep.<order> of kCompared and of
/// the order that removes most, "best".
Numbers third_numbers(const std::vector<ThirdExperiment>& thirds, const Yardstick& yardstick);

/// delete.<way>.<p>: rises over the baseline; `cached` where order `pair` was run.
Numbers deletion_numbers(const Deletions& deletions, const Experiment& experiment);

/// position.{first,last}.*: rises over the first and the last kEdge tokens of a sequence, where
/// there is little context to attend to and where there is most.
inline constexpr long kEdge = 32;
Numbers position_numbers(const Experiment& experiment);

/// induction.*: the loss itself, and rises.
Numbers induction_numbers(const Induction& induction);

/// "percent", "shown_percents", "dimensions_cut", "baseline", "uniform_attention", "questions"
/// [{"question", "original": what the original's order answers}], and "orders" to be drawn: a
/// curve, and what the rule says of itself ("title", "legend", "question", "random", "original",
/// "place"). A curve is "loss" with "lo" and "hi", a list over percentages each, how many
/// "sequences" each point has, and what the band is ("interval"). As a point is held against its
/// own sequences, "loss" is the baseline of all plus the rise of those.
nlohmann::json ablation_curves(const Experiment& experiment);

/// The same curves of each third, by its name: "percent", "layers" [first, last], "orders".
nlohmann::json third_curves(const std::vector<ThirdExperiment>& thirds, const Yardstick& yardstick);

/// What claim A9 compares, float32 losses of every token [sequences, T]: "baseline" with nothing
/// cut, and kCompared at kDifficultyPercent by name, of random orders the mean. Another seed's
/// losses say which tokens are hard, so nothing is sorted here. Empty where the experiment lacks
/// one of the orders.
NamedTensors difficulty_losses(const Experiment& experiment);

}  // namespace rc
