#include "pipeline/settings/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/settings_value.h"
#include "pipeline/text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// The values were checked when they came in: what is not a number here is our mistake.
template <typename T>
T number(std::string_view setting, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::logic_error(fmt::format("setting {} is no number of the kind asked for", setting));
  return value;
}

}  // namespace

Settings::Settings(const SettingsTables& tables) : tables_(tables) {
  for (const SettingsTable table : tables_)
    for (const Setting& setting : table)
      values_.emplace(setting.name, canonical_value(setting, setting.fallback, "its default"));
}

Settings::Settings(const SettingsTables& tables, const std::vector<std::string>& overrides)
    : Settings(tables) {
  for (const std::string& word : overrides) {
    const auto equals = word.find('=');
    if (equals == word.npos)
      throw UserError("SET: " + word + ": name=value is expected, as in train.steps=500");
    set(std::string_view(word).substr(0, equals), std::string_view(word).substr(equals + 1), "SET");
  }
}

Settings Settings::read_file(const SettingsTables& tables, const fs::path& file) {
  Settings settings(tables);
  const Values values = read_settings_text(file);
  for (const auto& [name, value] : values) settings.set(name, value, file.string());
  for (const auto& [name, value] : settings.values_)
    if (!values.contains(name))
      throw UserError(fmt::format("{} lacks {}; write it anew with: make", file.string(), name));
  return settings;
}

void Settings::set(std::string_view name, std::string_view value, std::string_view where) {
  const Setting& setting = known_setting(tables_, name, where);
  values_[std::string(name)] = canonical_value(setting, value, where);
}

const std::string& Settings::raw(std::string_view setting) const {
  const auto found = values_.find(setting);
  if (found == values_.end())
    throw std::logic_error(fmt::format("setting {} is not declared by this stage", setting));
  return found->second;
}

long Settings::integer(std::string_view setting) const {
  return number<long>(setting, raw(setting));
}

double Settings::real(std::string_view setting) const {
  return number<double>(setting, raw(setting));
}

const std::string& Settings::text(std::string_view setting) const { return raw(setting); }

std::vector<long> Settings::integers(std::string_view setting) const {
  std::vector<long> values;
  for (const std::string& word : words(setting)) values.push_back(number<long>(setting, word));
  return values;
}

std::vector<std::string> Settings::words(std::string_view setting) const {
  return split_list(raw(setting));
}

Values Settings::results_values() const {
  Values kept;
  for (const auto& [name, value] : values_)
    if (find_setting(tables_, name)->changes_results) kept.emplace(name, value);
  return kept;
}

std::string settings_text(const Values& values) {
  std::string text;
  for (const auto& [name, value] : values) text += fmt::format("{}={}\n", name, value);
  return text;
}

Values read_settings_text(const fs::path& file) {
  Values values;
  std::istringstream lines(read_text(file));
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (equals == line.npos)
      throw UserError(fmt::format("{}: \"{}\" is not name=value; write it anew with: make",
                                  file.string(), line));
    values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

std::vector<std::string> split_overrides(std::string_view text) {
  std::vector<std::string> overrides;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(" \t\n"), rest.size());
    const std::string word(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    if (word.find('=') == word.npos && !overrides.empty())
      overrides.back() += " " + word;
    else
      overrides.push_back(word);
  }
  return overrides;
}

}  // namespace rc
