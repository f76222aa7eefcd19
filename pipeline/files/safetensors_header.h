// The header of a safetensors file, believed only after every promise of the format was checked.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "pipeline/files/safetensors.h"

namespace rc {

struct SafetensorsHeader {
  std::map<std::string, TensorView> tensors;  // views into the bytes given
  std::map<std::string, std::string> metadata;
};

/// Reads the header of a whole file's `bytes`. UserError names `file`, what the format demands and
/// what was found: too short, header too long, no JSON, a name twice, unknown dtype, a shape that
/// does not fit its bytes, data that overlap, leave a hole or do not end with the file.
SafetensorsHeader read_safetensors_header(const std::filesystem::path& file,
                                          std::span<const std::byte> bytes);

}  // namespace rc
