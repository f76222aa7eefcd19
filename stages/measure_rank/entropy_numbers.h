// How sharp attention is, and whether that goes with the rank of the keys.
#pragma once

#include "pipeline/statistics/numbers.h"
#include "stages/measure_rank/measurement.h"

namespace rc {

/// entropy.{initial,final}.middle, and over the heads of the last snapshot
/// entropy.spearman_with_pr.final and entropy.partial_spearman_with_pr.final, the layer partialled
/// out: entropy and rank may each follow depth. An undefined correlation is left out.
void add_entropy(Numbers& numbers, const MeasuredRun& run);

}  // namespace rc
