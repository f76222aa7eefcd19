// Settings of stage ablate.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Orders, sequences and draws.
inline constexpr auto kAblateSettings = std::to_array<Setting>({
    {"ablate.sequences", Kind::kInteger, "64", "sequences", 2, 65536,
     "sequences that a loss which claims read is taken over"},
    {"ablate.curve_sequences", Kind::kInteger, "8", "sequences", 2, 65536,
     "of them, for points of a curve that no claim reads"},
    {"ablate.orders", Kind::kWords, "all", "list", 0, 0,
     "orders and controls of the surgery, by name; all: every one there is"},
    {"ablate.full_arms", Kind::kWords, "learned copy frozen none no_decay thin32 thin16", "list", 0,
     0,
     "arms that undergo all of them, one that copies its input the orders alone; the others the "
     "original's order"},
    {"ablate.calibration_sequences", Kind::kInteger, "4", "sequences", 1, 65536,
     "training text that scores, means and norms are taken from"},
    {"ablate.random_draws", Kind::kInteger, "20", "draws", 2, 1000,
     "random orders behind a point, at least; no two sequences share one"},
    {"ablate.step_percent", Kind::kInteger, "5", "%", 1, 50, "distance of two points of a curve"},
});

}  // namespace rc
