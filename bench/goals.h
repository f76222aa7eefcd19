// What a kernel is asked to reach on any machine, and whether it does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/curves.h"

namespace rc {

/// A measured ratio that should be at least `target`.
struct Goal {
  std::string what;
  Number measured;  // with an interval over repetitions
  double target = 1;
};

/// Seconds in which so many bytes were moved.
struct Moved {
  Samples seconds;
  double bytes;
};

/// "reached" or "missed" where the whole interval lies on one side of the target, else "not
/// resolved": the machine was too restless to tell.
std::string_view judged(const Goal& goal);

/// Bytes that a decode step has to read: all keys and values of the cache.
double cache_bytes(const AttentionTask& task);

/// The goals of our own kernel (`ours`, a rival's name), in this order:
///   decode, cold   bytes of the cache a second over those of a copy          0.85
///   decode, cold   the same over those that are read and added up            0.85
///   decode, cold   speed-up over full width as a share of its cap            0.9 at 50, 60, 75 %
///   prefill        time of the best other kernel at full width over our own  1
///   prefill        speed-up over full width as a share of its cap            0.85 at 50, 75 %
/// The last two compare with what the same measurement timed beside the kernels; a copy's bytes
/// count twice, as they are read and written.
/// A percentage that was not timed has no goal.
std::vector<Goal> kernel_goals(const std::vector<SpeedCurve>& curves, std::string_view ours,
                               const Moved& copy, const Moved& read);

/// What keys of one rotary pair gain our kernel: the highest speed-up that can be had, as measured,
/// beside the cap that counts operations or bytes alone. "" where that width was not timed.
std::string floor_note(const std::vector<SpeedCurve>& curves, std::string_view ours);

/// The goals as a table of at most 80 columns.
std::string goal_table(const std::vector<Goal>& goals);

}  // namespace rc
