// The settings of an experiment: a profile file, overridden word by word.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rc {

/// Every setting of the table in profiles/settings.h with its resolved value.
/// Invariant: each value has been parsed and lies in its range.
class Profile {
 public:
  /// Reads `<profiles>/<name>.conf` (Boost.Program_options config format) and then `overrides`
  /// ("train.steps=500"; "seed=3" stands for "seeds=3"; a word with '=' and nothing after it is an
  /// empty text). UserError names an unknown setting (with the nearest known one), a value that
  /// does not parse or is out of range, or a profile that does not exist (with those that do).
  /// "arm=copy" likewise stands for "arms=copy".
  static Profile load(const std::filesystem::path& profiles, std::string_view name,
                      const std::vector<std::string>& overrides);

  /// Only the table's defaults and `overrides`; for tests.
  static Profile defaults(const std::vector<std::string>& overrides = {});

  const std::string& name() const { return name_; }
  long integer(std::string_view setting) const;
  double real(std::string_view setting) const;
  const std::string& text(std::string_view setting) const;
  std::vector<long> integers(std::string_view setting) const;
  std::vector<std::string> words(std::string_view setting) const;

  /// The settings whose name equals a pattern, or starts with it where it ends in '.'.
  std::map<std::string, std::string> select(const std::vector<std::string>& patterns) const;

  /// A profile that answers only for the selected settings and throws std::logic_error for others:
  /// a stage cannot read what its content key does not hold.
  Profile restricted(const std::vector<std::string>& patterns) const;

 private:
  const std::string& raw(std::string_view setting) const;
  std::string name_;
  std::map<std::string, std::string, std::less<>> values_;
};

/// The overrides in "train.steps=500 arms=learned copy": {"train.steps=500", "arms=learned copy"};
/// a word without '=' goes on with the value before it.
std::vector<std::string> split_overrides(std::string_view text);

}  // namespace rc
