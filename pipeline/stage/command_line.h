// How a stage program is called: by Make, by hand, and in the plan's eyes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// <stage> --settings FILE --out FOLDER [--force] INPUT...
struct CommandLine {
  std::filesystem::path settings;  // "": FOLDER/settings/<stage>.conf
  std::filesystem::path out;
  std::vector<std::filesystem::path> inputs;
  bool force = false;
  bool help = false;
  std::filesystem::path describe;  // where --describe writes; "" without it

  /// The settings file of `stage`.
  std::filesystem::path settings_of(const std::string& stage) const;
};

/// UserError for an unknown option.
CommandLine parse_command_line(int argc, char** argv);
CommandLine parse_command_line(const std::vector<std::string>& words);

}  // namespace rc
