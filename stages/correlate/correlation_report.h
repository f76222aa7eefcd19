// correlation.json of a run.
#pragma once

#include <nlohmann/json.hpp>

#include "stages/correlate/agreement.h"

namespace rc {

/// "steps", "layers", "plotted_layers", "d_k", "context", "gains_k", "gains_q" [step][layer][d_k],
/// "smallest_gain" [step][layer] of the keys, the final step's matrices, its "pairs" ("gain" and
/// "wavelength" in tokens, [layer][pair]), "agreement_with_end" [step] and "numbers". Numbers that
/// constant gains leave undefined are absent there and named, with the reason, under "undefined".
nlohmann::json run_report(const GainHistory& history, const NullSettings& settings);

/// The same of one model's key gains: a single step 0, no queries.
nlohmann::json model_report(const ModelGains& model, const NullSettings& settings);

}  // namespace rc
