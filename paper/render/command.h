// Other programs, and a folder for what they leave lying around.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// A folder that goes away with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct CommandResult {
  int status = 0;
  std::string output;  // stdout and stderr together
};

/// Runs `program` (looked up in PATH) in `folder` and waits. The clock it sees through
/// SOURCE_DATE_EPOCH stands still, so that equal input gives equal bytes. UserError if it is not
/// installed.
CommandResult run_command(const std::string& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder);

}  // namespace rc
