// Whether what lies in a run is what its stages wrote: for those who read it without being a stage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// The manifests of all stages that left one in `folder` or below it, in order of their paths.
std::vector<std::filesystem::path> manifests_in(const std::filesystem::path& folder);

struct Damage {
  std::filesystem::path file;
  std::string what;    // "damaged", "missing"
  std::string remedy;  // the command that remakes it
};

/// Of every stage of `run` (runs/<profile>): its manifest, if that is damaged, or the first of its
/// outputs that is. Reads all bytes.
std::vector<Damage> find_damage(const std::filesystem::path& run, const std::string& profile);

/// UserError if an output of a stage of profile scope, such as numbers.json, a figure or a page, is
/// damaged or missing: names it and the command that remakes it. Folders without manifests, as kept
/// results are, pass.
void require_whole(const std::filesystem::path& run, const std::string& profile);

}  // namespace rc
