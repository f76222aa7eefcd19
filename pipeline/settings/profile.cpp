#include "pipeline/settings/profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <fstream>
#include <set>
#include <stdexcept>

#include "pipeline/error.h"
#include "pipeline/settings/settings_value.h"
#include "pipeline/text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Values = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> profiles_in(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw UserError("no folder " + folder.string() + " here; run from the repository's root");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".conf") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

fs::path find_profile(const fs::path& folder, std::string_view name) {
  const auto names = profiles_in(folder);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw UserError(fmt::format("no profile {} in {}; there are: {}", name, folder.string(),
                                fmt::join(names, ", ")));
  return folder / fmt::format("{}.conf", name);
}

Values table_values() {
  Values values;
  for (const Setting& setting : kSettings)
    values.emplace(setting.name, canonical_value(setting, setting.fallback, "profiles/settings.h"));
  return values;
}

void read_file(Values& values, const fs::path& file) {
  const std::string where = file.string();
  std::ifstream in(file);
  if (!in) throw UserError("cannot read " + where + "; check its permissions");
  std::set<std::string> seen;
  try {
    const auto parsed = po::parse_config_file(in, po::options_description(), true);
    for (const po::option& option : parsed.options) {
      const Setting& setting = known_setting(option.string_key, where);
      if (!seen.insert(option.string_key).second)
        throw UserError(where + ": " + option.string_key + " is set twice; keep one");
      values[option.string_key] = canonical_value(setting, option.value.front(), where);
    }
  } catch (const po::error& error) {
    throw UserError(where + ": " + error.what() +
                    "; a line reads name = value, # starts a comment");
  }
}

/// The singular reads better where there is one.
std::string_view full_name(std::string_view name) {
  if (name == "seed") return "seeds";
  if (name == "arm") return "arms";
  return name;
}

void override_values(Values& values, const std::vector<std::string>& overrides) {
  for (const std::string& word : overrides) {
    const auto equals = word.find('=');
    if (equals == word.npos)
      throw UserError("--set " + word + ": name=value is expected, as in train.steps=500");
    const auto name = full_name(std::string_view(word).substr(0, equals));
    const Setting& setting = known_setting(name, "--set");
    values[std::string(name)] = canonical_value(setting, word.substr(equals + 1), "--set");
  }
}

bool matches(std::string_view name, std::string_view pattern) {
  return pattern.ends_with('.') ? name.starts_with(pattern) : name == pattern;
}

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

Profile Profile::load(const fs::path& profiles, std::string_view name,
                      const std::vector<std::string>& overrides) {
  Profile profile;
  profile.name_ = name;
  profile.values_ = table_values();
  read_file(profile.values_, find_profile(profiles, name));
  override_values(profile.values_, overrides);
  return profile;
}

Profile Profile::defaults(const std::vector<std::string>& overrides) {
  Profile profile;
  profile.name_ = "defaults";
  profile.values_ = table_values();
  override_values(profile.values_, overrides);
  return profile;
}

const std::string& Profile::raw(std::string_view setting) const {
  const auto found = values_.find(setting);
  if (found == values_.end())
    throw std::logic_error(fmt::format("setting {} is not declared by this stage", setting));
  return found->second;
}

long Profile::integer(std::string_view setting) const {
  return number<long>(setting, raw(setting));
}

double Profile::real(std::string_view setting) const {
  return number<double>(setting, raw(setting));
}

const std::string& Profile::text(std::string_view setting) const { return raw(setting); }

std::vector<long> Profile::integers(std::string_view setting) const {
  std::vector<long> values;
  for (const std::string& word : words(setting)) values.push_back(number<long>(setting, word));
  return values;
}

std::vector<std::string> Profile::words(std::string_view setting) const {
  return split_list(raw(setting));
}

std::map<std::string, std::string> Profile::select(const std::vector<std::string>& patterns) const {
  std::map<std::string, std::string> selected;
  for (const auto& [name, value] : values_)
    for (const std::string& pattern : patterns)
      if (matches(name, pattern)) selected.emplace(name, value);
  return selected;
}

Profile Profile::restricted(const std::vector<std::string>& patterns) const {
  Profile profile;
  profile.name_ = name_;
  for (auto& [name, value] : select(patterns)) profile.values_.emplace(name, value);
  return profile;
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
