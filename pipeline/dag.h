// The way of the data: which stage reads what, on which settings it depends.
#pragma once

#include <span>
#include <string_view>

#include "pipeline/stage/stage.h"

namespace rc {

/// All stages, each after those it needs.
std::span<const StageSpec> dag();

/// The stage of that name; std::logic_error if there is none (program names are ours).
const StageSpec& stage(std::string_view name);

}  // namespace rc
