// The trained model under every method, on the same sequences.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/batches.h"
#include "model/key_model.h"
#include "pipeline/statistics/rise.h"
#include "stages/low_rank/methods.h"

namespace rc {

/// Percent of the floats a key caches that are gone: what stage ablate cuts and tables show.
inline constexpr long kLowRankPercents[] = {20, 40, 50, 60, 80};

struct LowRank {
  Sequences baseline;                                    // the whole model
  Sequences uniform;                                     // all keys zeroed: uniform attention
  std::map<std::string, std::vector<Sequences>> curves;  // by method, a row for each percentage
};

/// How often measure_low_rank evaluates.
long low_rank_evaluations();

/// Moments are taken once, of the whole model, and each layer's map follows from its own: that maps
/// below have changed what a layer reads is not made up for. `tick` is called with the number of
/// evaluations done.
LowRank measure_low_rank(const KeyModel& model, const Calibration& calibration, const Batch& batch,
                         const std::function<void(long done)>& tick);

}  // namespace rc
