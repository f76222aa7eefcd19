// Settings of stage correlate.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// Draws.
inline constexpr auto kCorrelateSettings = std::to_array<Setting>({
    {"correlate.permutations", Kind::kInteger, "1000", "draws", 99, 1e7, "draws of each null"},
});

}  // namespace rc
