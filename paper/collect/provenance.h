// Where numbers come from: the manifests of the stages that made them, gathered.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/stage/stage.h"

namespace rc {

/// {"git_revision", "compiler", "cpu": distinct values joined by ", ",
///  "stages": [{"stage", "runs", "wall_seconds", "facts"}] in the order they run, wall times summed
///  over seeds and arms, "settings": {name: value}} of all stages whose manifests `context` was given.
nlohmann::json provenance(const Context& context);

}  // namespace rc
