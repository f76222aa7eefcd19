// One execution of a stage at a time, no litter of those that died, and quiet for those that time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/files/file.h"

namespace rc {

/// An open file that the kernel keeps locked for it until it is closed or its process ends,
/// whatever ends it, on this host or another. Says on stderr who holds it and waits. UserError
/// where the file system cannot lock.
class Lock {
 public:
  /// Alone, or together with others that share it.
  enum class Kind { kAlone, kShared };
  /// `what` is being waited for, "another run of train".
  Lock(const std::filesystem::path& file, Kind kind, const std::string& what);

 private:
  File file_;
};

/// The lock of a stage in its folder: manifest/.<stage>.lock.
Lock stage_lock(const std::filesystem::path& folder, const std::string& stage);

/// What the stages of one run share on this host, and one that times has alone. Make names the
/// run's folder in RC_RUN; a stage called by hand shares nothing.
std::optional<Lock> run_lock(bool alone);

/// Removes the temporary files (files/artifact.h) under `folder` that nobody is writing any more.
void remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace rc
