// Whether what lies in a run is what its stages wrote: for those who read it without being a stage.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

struct Damage {
  std::filesystem::path file;
  std::string what;    // "damaged", "missing"
  std::string remedy;  // the command that remakes it
};

/// Of every stage that left a manifest in `run` (runs/<profile>) or in one of its seeds' and arms'
/// folders: the manifest, if it is damaged, or the first of its outputs that is. Reads all bytes.
std::vector<Damage> find_damage(const std::filesystem::path& run, const std::string& profile);

/// UserError if an output of a stage of profile scope, such as numbers.json, a figure or a page, is
/// damaged or missing: names it and the command that remakes it. Folders without manifests, as kept
/// results are, pass.
void require_whole(const std::filesystem::path& run, const std::string& profile);

}  // namespace rc
