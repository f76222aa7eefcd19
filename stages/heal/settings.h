// Settings of stage heal.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Who is healed, for how long, and on what that is measured.
inline constexpr auto kHealSettings = std::to_array<Setting>({
    {"heal.arms", Kind::kWords, "learned", "list", 0, 0,
     "arms whose cut model is trained on; the others write a report without numbers"},
    {"heal.steps", Kind::kInteger, "60", "steps", 1, 1e9,
     "steps that the cut and the whole model are trained on"},
    {"heal.sequences", Kind::kInteger, "64", "sequences", 2, 65536,
     "sequences a loss is taken over"},
    {"heal.calibration_sequences", Kind::kInteger, "4", "sequences", 1, 65536,
     "training text that the norms' correction is taken from"},
});

}  // namespace rc
