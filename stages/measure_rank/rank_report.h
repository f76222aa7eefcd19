// rank.json: curves over training, spectra and numbers.
#pragma once

#include <nlohmann/json.hpp>

#include "stages/measure_rank/measurement.h"

namespace rc {

/// "steps", "layers", "d_k", "plotted_layers", "coordinate_pr", "null", "measures", "entropy" and
/// "spectra"; `weights` of bootstrap_weights also "numbers".
nlohmann::json rank_report(const MeasuredRun& run, const torch::Tensor& weights);

}  // namespace rc
