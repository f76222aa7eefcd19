// Surgery where only attention can predict: the second time a random sequence comes by.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stages/ablate/experiment.h"

namespace rc {

/// `count` sequences of random tokens whose second half repeats the first; labels are the tokens
/// that follow, or with `copy` the inputs themselves. ids [count, context], an odd end is dropped.
Batch repeated_batch(const ModelConfig& config, long count, bool copy, std::uint64_t seed);

/// Mean losses of the second half's tokens that the first half tells, a sequence each.
struct Induction {
  Sequences baseline, floor;
  std::map<std::string, Sequences> orders;  // those of kCompared that are run, kPositionPercent cut
};

/// How often it sends every sequence through the model, at most.
inline constexpr long kInductionRuns = 2 + std::size(kCompared);

Induction run_induction(Evaluator& evaluate, const TrainedModel& trained,
                        const ExperimentOptions& options);

}  // namespace rc
