// Settings of stage low-rank.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Text that the maps are fitted on and text that they are measured on.
inline constexpr auto kLowRankSettings = std::to_array<Setting>({
    {"lowrank.arms", Kind::kWords, "learned", "list", 0, 0,
     "arms whose keys are projected; the others write a report without numbers"},
    {"lowrank.sequences", Kind::kInteger, "64", "sequences", 2, 65536,
     "sequences a loss is taken over"},
    {"lowrank.curve_sequences", Kind::kInteger, "16", "sequences", 2, 65536,
     "of them, for points of a curve that no claim reads"},
    {"lowrank.calibration_sequences", Kind::kInteger, "8", "sequences", 1, 65536,
     "training text that moments of keys and queries are taken from"},
});

}  // namespace rc
