#include "pipeline/settings/settings_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

bool is_integer(Kind kind) { return kind == Kind::kInteger || kind == Kind::kIntegers; }

template <typename T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "auto|cpu|cuda" in the column of units lists the texts allowed.
std::vector<std::string> choices(const Setting& setting) {
  std::vector<std::string> words;
  std::string_view rest = setting.unit;
  if (setting.kind != Kind::kText || rest.find('|') == rest.npos) return words;
  for (auto bar = rest.find('|'); bar != rest.npos; bar = rest.find('|')) {
    words.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(bar + 1);
  }
  words.emplace_back(rest);
  return words;
}

/// Checks one value and writes it in one way; throws UserError naming where it stood.
class Checker {
 public:
  Checker(const Setting& setting, std::string_view where) : setting_(setting), where_(where) {}

  std::string number(std::string_view text) const {
    const auto whole = parse<long>(text);
    const auto real = parse<double>(text);
    if (is_integer(setting_.kind) ? !whole : !real || !std::isfinite(*real))
      refuse(text,
             is_integer(setting_.kind) ? "a whole number is expected" : "a number is expected");
    const double value = is_integer(setting_.kind) ? static_cast<double>(*whole) : *real;
    if (value < setting_.least || value > setting_.most)
      refuse(text, range_text(setting_) + " is allowed");
    return is_integer(setting_.kind) ? fmt::format("{}", *whole) : fmt::format("{}", *real);
  }

  /// A word names a folder: no separators, no dots.
  std::string word(std::string_view text) const {
    if (text.find_first_not_of(kNameCharacters) != text.npos)
      refuse(text, "letters, digits, _ and - are allowed");
    return std::string(text);
  }

  std::string text(std::string_view text) const {
    const auto allowed = choices(setting_);
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end())
      refuse(text, range_text(setting_) + " is allowed");
    if (setting_.unit == "hex") return hashes(text);
    return std::string(text);
  }

  std::string hashes(std::string_view text) const {
    const auto all = split_list(text);
    for (const std::string& hash : all)
      if (hash.size() != 64 || hash.find_first_not_of(kHexDigits) != hash.npos)
        refuse(text, "64 hexadecimal digits or nothing is expected");
    return fmt::format("{}", fmt::join(all, " "));
  }

  std::string list(std::string_view text) const {
    std::vector<std::string> members;
    for (const std::string& member : split_list(text))
      members.push_back(setting_.kind == Kind::kWords ? word(member) : number(member));
    if (members.empty()) refuse(text, "the list needs at least one member");
    if (std::set(members.begin(), members.end()).size() < members.size())
      refuse(text, "a member stands there twice");
    return fmt::format("{}", fmt::join(members, " "));
  }

 private:
  [[noreturn]] void refuse(std::string_view text, const std::string& expected) const {
    throw UserError(
        fmt::format("{}: {}={}: {} ({})", where_, setting_.name, text, expected, setting_.help));
  }
  const Setting& setting_;
  std::string_view where_;
};

}  // namespace

const Setting* find_setting(const SettingsTables& tables, std::string_view name) {
  for (const SettingsTable table : tables)
    for (const Setting& setting : table)
      if (setting.name == name) return &setting;
  return nullptr;
}

const Setting& known_setting(const SettingsTables& tables, std::string_view name,
                             std::string_view where) {
  if (const Setting* setting = find_setting(tables, name)) return *setting;
  std::vector<std::string> names;
  for (const SettingsTable table : tables)
    for (const Setting& setting : table) names.emplace_back(setting.name);
  throw UserError(fmt::format("{}: no setting is named {}; did you mean {}?", where, name,
                              nearest(name, names)));
}

std::string canonical_value(const Setting& setting, std::string_view text, std::string_view where) {
  const Checker check(setting, where);
  switch (setting.kind) {
    case Kind::kInteger:
    case Kind::kReal:
      return check.number(text);
    case Kind::kText:
      return check.text(text);
    case Kind::kIntegers:
    case Kind::kWords:
      return check.list(text);
  }
  return {};
}

std::string range_text(const Setting& setting) {
  if (setting.kind == Kind::kText) {
    const auto allowed = choices(setting);
    return allowed.empty() ? "" : fmt::format("one of {}", fmt::join(allowed, ", "));
  }
  if (setting.kind == Kind::kWords) return "";
  return fmt::format("{:g} to {:g}", setting.least, setting.most);
}

}  // namespace rc
