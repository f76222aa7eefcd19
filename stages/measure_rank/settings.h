// Settings of stage measure-rank.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Nulls.
inline constexpr auto kRankSettings = std::to_array<Setting>({
    {"rank.null_draws", Kind::kInteger, "4", "draws", 1, 1000,
     "random draws a null is averaged over"},
});

}  // namespace rc
