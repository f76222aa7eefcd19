// Where numbers come from: the manifests of the stages that made them, gathered.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "paper/collect/merge.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// The stage whose manifest says that numbers are about a checkpoint trained elsewhere.
inline constexpr const char* kAuditModel = "audit-model";

/// {"git_revision", "compiler", "cpu": distinct values joined by ", ",
///  "stages": [{"stage", "runs", "wall_seconds", "facts"}] in the order they run, wall times summed
///  over seeds and arms, "settings": {name: value}} of all stages whose manifests `context` was
///  given; of a checkpoint's audit without those of models trained here.
nlohmann::json provenance(const Context& context);

/// {stage: {"once": whether it runs once a profile and not for each seed and arm, "numbers": the
/// names of what it gave or what follows from its files, without their arms}}.
nlohmann::json made_by(const std::vector<StageResult>& results);

}  // namespace rc
