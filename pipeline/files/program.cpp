#include "pipeline/files/program.h"

#include <fstream>
#include <optional>

#include "pipeline/files/command.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> described(const fs::path& folder) {
  if (!is_installed("git")) return std::nullopt;
  const auto git = run_command(
      {.program = "git", .arguments = {"-C", folder, "describe", "--always", "--dirty"}});
  if (git.status != 0) return std::nullopt;
  return git.output.substr(0, git.output.find('\n'));
}

}  // namespace

fs::path program_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

std::string git_revision() {
  std::string kept;
  if (std::ifstream file(program_folder() / "../version"); std::getline(file, kept)) return kept;
  for (const fs::path& folder : {program_folder(), fs::path(".")})
    if (const auto revision = described(folder)) return *revision;
  return "unknown";
}

}  // namespace rc
