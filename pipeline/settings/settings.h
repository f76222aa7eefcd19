// The settings of a stage: every row of its tables with its resolved value.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/settings/setting.h"

namespace rc {

/// Values by name.
using Values = std::map<std::string, std::string, std::less<>>;

/// Invariant: each value has been parsed and lies in its range.
class Settings {
 public:
  /// The tables' defaults.
  explicit Settings(const SettingsTables& tables);

  /// The defaults, and `overrides` ("train.steps=500") in place of some. UserError as known_setting
  /// and canonical_value.
  Settings(const SettingsTables& tables, const std::vector<std::string>& overrides);

  /// A settings file as write_file leaves it: name=value, a line each. UserError where it lacks a
  /// row of the tables, has another, or holds a value that is none.
  static Settings read_file(const SettingsTables& tables, const std::filesystem::path& file);

  /// Sets `name`; `where` tells whence it came.
  void set(std::string_view name, std::string_view value, std::string_view where);

  /// Each throws std::logic_error for a setting that no table declares: a stage cannot read what
  /// its content key does not hold.
  long integer(std::string_view setting) const;
  double real(std::string_view setting) const;
  const std::string& text(std::string_view setting) const;
  std::vector<long> integers(std::string_view setting) const;
  std::vector<std::string> words(std::string_view setting) const;

  bool has(std::string_view setting) const { return values_.contains(setting); }
  const Values& values() const { return values_; }
  const SettingsTables& tables() const { return tables_; }

  /// The values that change results.
  Values results_values() const;

 private:
  const std::string& raw(std::string_view setting) const;
  SettingsTables tables_;
  Values values_;
};

/// name=value, a line each.
std::string settings_text(const Values& values);

/// The lines of a settings file; UserError for a line without '='.
Values read_settings_text(const std::filesystem::path& file);

/// The overrides in "train.steps=500 ablate.orders=pair random": {"train.steps=500",
/// "ablate.orders=pair random"}; a word without '=' goes on with the value before it.
std::vector<std::string> split_overrides(std::string_view text);

}  // namespace rc
