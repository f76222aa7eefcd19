// Settings of stage snapshot.
#pragma once

#include <array>

#include "pipeline/settings/setting.h"

namespace rc {

/// What is looked at.
inline constexpr auto kSnapshotSettings = std::to_array<Setting>({
    {"snapshot.sequences", Kind::kInteger, "8", "sequences", 2, 4096, "fixed validation sequences"},
});

}  // namespace rc
