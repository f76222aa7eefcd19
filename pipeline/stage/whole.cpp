#include "pipeline/stage/whole.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::optional<Damage> damage_of(const fs::path& file, const std::string& profile) {
  const auto remedy = remake_command(file.stem().string(), profile);
  std::vector<Expected> outputs;
  try {
    outputs = expected_outputs(*read_manifest(file), file.parent_path().parent_path());
  } catch (const UserError&) {
    return Damage{file, "damaged", remedy};
  }
  const auto* damaged = first_damaged(outputs);
  if (!damaged) return std::nullopt;
  return Damage{damaged->file, fs::exists(damaged->file) ? "damaged" : "missing", remedy};
}

}  // namespace

std::vector<fs::path> manifests_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> manifests;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (names_manifest(entry->path())) manifests.push_back(entry->path());
  std::ranges::sort(manifests);
  return manifests;
}

std::vector<Damage> find_damage(const fs::path& run, const std::string& profile) {
  std::vector<Damage> all;
  for (const auto& manifest : manifests_in(run))
    if (auto damage = damage_of(manifest, profile)) all.push_back(std::move(*damage));
  return all;
}

void require_whole(const fs::path& run, const std::string& profile) {
  for (const auto& manifest : manifests_in(run / "manifest"))
    if (const auto damage = damage_of(manifest, profile))
      throw UserError(fmt::format("{} is {}; remake it with: {}", damage->file.string(),
                                  damage->what, damage->remedy));
}

}  // namespace rc
