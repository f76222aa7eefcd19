// From samples to speed-ups.
#pragma once

#include <string>
#include <vector>

#include "bench/kernel_plan.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// One kernel at one key width.
struct SpeedPoint {
  long percent = 0;  // of the key dimensions removed, as asked for
  AttentionTask task;
  ErrorCheck check;
  Samples samples;
  Number seconds;  // median and quartiles
  Number speedup;  // over full width
};

/// A kernel at all widths, full width first.
struct SpeedCurve {
  Phase phase = Phase::kDecode;
  std::string kernel;
  bool cold = false;
  bool thin = true;  // does its work shrink with the keys?
  std::vector<SpeedPoint> points;
};

/// Median of the samples with their quartiles.
Number seconds_number(const Samples& samples);

/// Ratio of the medians, full / thin; its interval is a percentile bootstrap over repetitions, both
/// sides resampled together because samples of a repetition were taken side by side.
Number speedup_number(const Samples& full, const Samples& thin);

/// The speed-up of attention by a model of cost, (full + dv) / (w + dv): each query takes a product
/// with every key and every value, and a decode step reads as much. With full = dv and a removed
/// share p this is 1 / (1 - p/2). No cap: a kernel that is poor at full width can measure more, and
/// so can thin keys that fit a cache which full ones do not.
double attention_cap(const AttentionTask& task);

/// `samples` as measure() returns them for the plan's cases; what lies behind theirs is not read.
std::vector<SpeedCurve> speed_curves(const KernelPlan& plan, const std::vector<Samples>& samples);

/// Of the warm curves of a phase whose kernel gains from thin keys, the one that is fastest at full
/// width: a gain counts only against the best that full width can do.
const SpeedCurve& fastest(const std::vector<SpeedCurve>& curves, Phase phase);

/// Largest spread of a point, (q75 - q25) / median.
double worst_spread(const std::vector<SpeedCurve>& curves);

/// Empty, or a warning for people where the spread says that other programs had the cores.
std::string noise_note(const std::vector<SpeedCurve>& curves);

}  // namespace rc
