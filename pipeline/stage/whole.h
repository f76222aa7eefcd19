// For programs that read a run's results without being a stage of it.
#pragma once

#include <filesystem>
#include <string>

namespace rc {

/// UserError if a file that a stage of profile scope wrote into `run`, such as numbers.json, a figure
/// or a page, is not as its manifest says: names the file and the command that remakes it. Folders
/// without manifests, as kept results are, pass.
void require_whole(const std::filesystem::path& run, const std::string& profile);

}  // namespace rc
