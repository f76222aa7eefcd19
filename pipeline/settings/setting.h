// A row of a table of settings. Each table stands in the room that reads it: pipeline knows no name of
// an experiment.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace rc {

enum class Kind { kInteger, kReal, kText, kIntegers, kWords };

/// One setting. `least` and `most` bound numbers (each number of a list); texts ignore them. A unit
/// such as "auto|cpu|cuda" lists the texts allowed.
struct Setting {
  std::string_view name;
  Kind kind;
  std::string_view fallback;
  std::string_view unit;
  double least;
  double most;
  std::string_view help;
  bool changes_results = true;  // otherwise no content key holds it
};

using SettingsTable = std::span<const Setting>;
using SettingsTables = std::vector<SettingsTable>;

}  // namespace rc
