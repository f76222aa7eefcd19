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

/// The one that claim C4 reads, measured on every sequence.
inline constexpr long kLowRankClaimPercent = 60;

/// A method at a percentage, and what it is held against on the same sequences.
struct LowRankPoint {
  Sequences losses;
  Sequences baseline;  // the whole model
  Sequences uniform;   // all keys zeroed: uniform attention
};

struct LowRank {
  Sequences baseline, uniform;                              // of every sequence
  std::map<std::string, std::vector<LowRankPoint>> curves;  // by method, one for each percentage
};

/// How many of `sequences` sequences measure_low_rank sends through the model.
long low_rank_evaluations(long sequences, long curve_sequences);

/// Points that no claim reads are measured on `curve_sequences` of the sequences, evenly spread.
/// Moments are taken once, of the whole model, and each layer's map follows from its own: that maps
/// below have changed what a layer reads is not made up for. `tick` is called with the number of
/// sequences done.
LowRank measure_low_rank(const KeyModel& model, Calibration calibration, const Batch& batch,
                         long curve_sequences, const std::function<void(long done)>& tick);

}  // namespace rc
