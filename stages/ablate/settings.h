// Settings of stage ablate.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Orders, sequences and draws.
inline constexpr auto kAblateSettings = std::to_array<Setting>({
    {"ablate.sequences", Kind::kInteger, "8", "sequences", 2, 65536,
     "sequences a loss is taken over"},
    {"ablate.orders", Kind::kWords, "all", "list", 0, 0,
     "orders and controls of the surgery, by name; all: every one there is"},
    {"ablate.full_arms", Kind::kWords, "learned copy", "list", 0, 0,
     "arms that undergo all of them; the others the original's alone"},
    {"ablate.calibration_sequences", Kind::kInteger, "4", "sequences", 1, 65536,
     "training text that scores, means and norms are taken from"},
    {"ablate.random_draws", Kind::kInteger, "20", "draws", 2, 1000, "random orders"},
    {"ablate.step_percent", Kind::kInteger, "5", "%", 1, 50, "distance of two points of a curve"},
});

}  // namespace rc
