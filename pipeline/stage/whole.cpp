#include "pipeline/stage/whole.h"

#include <fmt/format.h>

#include <set>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/manifest.h"

namespace rc {

namespace fs = std::filesystem;

void require_whole(const fs::path& run, const std::string& profile) {
  std::error_code absent;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(run / "manifest", absent))
    if (names_manifest(entry.path())) files.insert(entry.path());
  for (const auto& file : files) {
    const auto manifest = read_manifest(file);
    const auto outputs = expected_outputs(*manifest, run);
    if (const auto* damaged = first_damaged(outputs))
      throw UserError(fmt::format("{} is {}; remake it with: {}", damaged->file.string(),
                                  fs::exists(damaged->file) ? "damaged" : "missing",
                                  remake_command(manifest->stage, profile)));
  }
}

}  // namespace rc
