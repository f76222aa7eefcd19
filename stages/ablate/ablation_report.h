// The operations as ablation.json.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/statistics/numbers.h"
#include "stages/ablate/deletion.h"
#include "stages/ablate/difficulty.h"
#include "stages/ablate/experiment.h"
#include "stages/ablate/induction.h"

namespace rc {

/// ablate.<order>.<p> and its share of the attention benefit, floors, removable fractions.
Numbers ablation_numbers(const Experiment& experiment, int bootstrap_draws);

/// delete.<way>.<p>: rises over the baseline.
Numbers deletion_numbers(const Deletions& deletions, const Sequences& baseline,
                         int bootstrap_draws);

/// position.{first,last}.*: rises over the first and the last kEdge tokens of a sequence, where
/// there is little context to attend to and where there is most.
inline constexpr long kEdge = 32;
Numbers position_numbers(const Experiment& experiment, int bootstrap_draws);

/// induction.*: the loss itself, and rises.
Numbers induction_numbers(const Induction& induction, int bootstrap_draws);

/// "percent", "shown_percents", "dimensions_cut", "baseline", "uniform_attention", "questions"
/// [{"question", "original": what the original's order answers}], and "orders" to be drawn: mean
/// loss, a band that says what it is ("interval"), and what the rule says of itself ("title",
/// "legend", "question", "random", "original", "place").
nlohmann::json ablation_curves(const Experiment& experiment, int bootstrap_draws);

/// Rises by decile of difficulty, and the trends as numbers; nothing where the experiment lacks an
/// order that claim A9 compares.
struct DifficultyReport {
  nlohmann::json curves;
  Numbers numbers;
};
std::optional<DifficultyReport> difficulty_report(const Experiment& experiment, int bootstrap_draws,
                                                  std::uint64_t seed);

}  // namespace rc
