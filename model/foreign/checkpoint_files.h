// Which files of a folder hold a checkpoint's weights.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rc {

/// Where a checkpoint's tensors lie.
struct CheckpointFiles {
  std::vector<std::filesystem::path> files;
  std::map<std::string, std::filesystem::path>
      index;  // the file each tensor is promised in, if any
};

/// model.safetensors, or else the shards that model.safetensors.index.json names. UserError says
/// why there are none, what is missing, or which name of the index leads out of the folder.
CheckpointFiles find_checkpoint(const std::filesystem::path& folder);

/// UserError if `file` is none, or begins as GGUF, pickle or a zip archive do.
void refuse_other_formats(const std::filesystem::path& file);

}  // namespace rc
