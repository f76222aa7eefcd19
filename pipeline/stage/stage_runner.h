// One execution of a stage, from the lock to the manifest.
#pragma once

#include <filesystem>
#include <functional>

#include "pipeline/stage/stage.h"

namespace rc {

/// Runs `body` unless the stage is cached (then only if `force`), under a lock that keeps a second
/// execution of the same stage waiting. `program` is the file whose bytes go into the content key.
/// Order on disk: outputs, then removal of outputs the last run made and this one did not, then the
/// manifest: whatever is cut off in between makes the next assessment say "run".
void run_stage(Context& context, const std::filesystem::path& program, bool force,
               const std::function<void(Context&)>& body);

}  // namespace rc
