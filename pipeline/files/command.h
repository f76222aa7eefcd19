// Other programs, in the one way this project starts them.
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

struct Command {
  std::string program;  // looked up in PATH, unless it has a slash
  std::vector<std::string> arguments = {};
  std::filesystem::path folder = ".";
  std::string input = {};                                             // what it reads as stdin
  std::vector<std::pair<std::string, std::string>> environment = {};  // besides this process' own
};

struct CommandResult {
  int status = 0;      // 128 + the signal's number where a signal ended it, as a shell counts
  std::string output;  // of stdout
  std::string errors;  // of stderr

  /// What it said, complaints last.
  std::string text() const { return output + errors; }
  /// For one that failed and did not say why, which on a full disk it could not.
  std::string silence() const;
};

/// Whether PATH has it.
bool is_installed(const std::string& program);

/// Runs the program and waits. The clock it sees through SOURCE_DATE_EPOCH stands still, so that
/// equal input gives equal bytes. UserError if it is not installed, cannot be started, or this
/// process may open too few files for it.
CommandResult run_command(const Command& command);

}  // namespace rc
