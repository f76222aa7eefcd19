// rank.json: the curve over training, spectra and numbers.
#pragma once

#include <nlohmann/json.hpp>

#include "stages/measure_rank/measurement.h"

namespace rc {

/// "steps", "layers", "d_k", "plotted_layers", "coordinate_pr" [step][layer], "null", "spectra" and
/// "numbers".
nlohmann::json rank_report(const MeasuredRun& run);

}  // namespace rc
