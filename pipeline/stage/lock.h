// One execution of a stage at a time, and no litter of those that died.
#pragma once

#include <filesystem>

#include "pipeline/files/file.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// Holds manifest/.<stage>.lock for its life; says so on stderr and waits while another process
/// holds it. The kernel lets go of it whatever ends the process.
class Lock {
 public:
  explicit Lock(const Context& context);

 private:
  File file_;
};

/// Removes the temporary files (.<name>.tmp-<pid>) under `folder` whose process lives no more.
void remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace rc
