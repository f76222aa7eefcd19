// What the fuzz targets share: bytes as the file that a reader wants, and what a reader may answer.
//
// A target reads whatever libFuzzer makes up. It may refuse with a UserError; anything else that is
// thrown, any fault the sanitizers see and any allocation over the limit of tests/fuzz/run is a
// finding.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "pipeline/error.h"
#include "pipeline/files/file.h"

namespace rc {

/// The bytes as a file of this name, in a folder of this process.
inline std::filesystem::path fuzzed_file(const std::uint8_t* data, std::size_t size,
                                         const std::string& name) {
  static const auto folder =
      std::filesystem::temp_directory_path() / ("rank-collapse-fuzz-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / name;
  File::create(file).write(std::as_bytes(std::span(data, size)));
  return file;
}

inline std::string_view fuzzed_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

template <typename Read>
void may_refuse(const Read& read) {
  try {
    read();
  } catch (const UserError&) {
  }
}

}  // namespace rc

/// Each target defines it; see https://llvm.org/docs/LibFuzzer.html.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
