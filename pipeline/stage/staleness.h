// Whether a stage has to run again, and why.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/stage/stage.h"

namespace rc {

struct Staleness {
  bool current = false;
  std::string key;
  std::string reason;  // "never run", "setting train.steps: 320 -> 500", "damaged: k.json", ...
};

/// How closely outputs are looked at: their bytes, or whether they are there with the size
/// recorded.
enum class Look { kBytes, kSizes };

/// Compares the manifest with settings, environment, inputs, the program at `program` and the
/// outputs on disk. Launches nothing and changes nothing.
Staleness staleness(const Context& context, const std::filesystem::path& program, Look look);

/// What speaks for a run whatever the upstream stages will make; nothing if only they can tell.
std::optional<std::string> reason_of_its_own(const Context& context,
                                             const std::filesystem::path& program);

}  // namespace rc
