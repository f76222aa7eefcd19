#include "pipeline/stage/whole.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "pipeline/error.h"
#include "pipeline/stage/inputs.h"
#include "pipeline/stage/manifest.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

std::set<fs::path> manifests_in(const fs::path& folder) {
  std::error_code absent;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "manifest", absent))
    if (names_manifest(entry.path())) files.insert(entry.path());
  return files;
}

/// runs/<profile> and its seeds' and arms' folders.
std::vector<fs::path> stage_folders(const fs::path& run) {
  std::set<fs::path> folders;
  std::error_code absent;
  for (const auto& seed : fs::directory_iterator(run, absent))
    if (seed.path().filename().string().starts_with("seed-"))
      for (const auto& arm : fs::directory_iterator(seed.path(), absent)) folders.insert(arm);
  std::vector<fs::path> all = {run};
  all.insert(all.end(), folders.begin(), folders.end());
  return all;
}

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

std::vector<Damage> damage_in(const fs::path& folder, const std::string& profile) {
  std::vector<Damage> all;
  for (const auto& file : manifests_in(folder))
    if (auto damage = damage_of(file, profile)) all.push_back(std::move(*damage));
  return all;
}

}  // namespace

std::vector<Damage> find_damage(const fs::path& run, const std::string& profile) {
  std::vector<Damage> all;
  for (const auto& folder : stage_folders(run))
    for (auto& damage : damage_in(folder, profile)) all.push_back(std::move(damage));
  return all;
}

void require_whole(const fs::path& run, const std::string& profile) {
  const auto damage = damage_in(run, profile);
  if (damage.empty()) return;
  const auto& [file, what, remedy] = damage.front();
  throw UserError(fmt::format("{} is {}; remake it with: {}", file.string(), what, remedy));
}

}  // namespace rc
