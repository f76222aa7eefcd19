// A JSON object whose every field somebody has to answer for.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace rc {

/// A name or value from somebody else's file as it may stand in a line of text: in quotes, control
/// characters escaped, at most 80 columns.
std::string quoted(const std::string& text);

/// Reads the fields of a configuration and remembers which it read. A field that the file does not
/// state, or states as null, has the value of `defaults`: what the class that reads it in Hugging
/// Face's library takes. Every UserError names the place and the field.
class ConfigFields {
 public:
  ConfigFields(std::string where, nlohmann::json object, nlohmann::json defaults = {});

  bool stated(const std::string& name);   // by the file itself; null counts
  bool is_null(const std::string& name);  // stated as null
  bool has(const std::string& name);      // by file or defaults, and not null

  long count(const std::string& name, long most, long least = 1);
  double positive(const std::string& name);  // finite
  bool flag(const std::string& name);
  std::string text(const std::string& name);
  nlohmann::json list(const std::string& name);
  ConfigFields object(const std::string& name, nlohmann::json defaults = {});

  /// UserError unless the field is absent, null or `value`; `meaning` says what else it would be.
  void demand(const std::string& name, const nlohmann::json& value, const char* meaning);

  /// UserError naming the first field that is not null, was not read and is not in `ignored`: what
  /// nobody handles may change the numbers.
  void refuse_unread(std::span<const std::string_view> ignored = {}) const;

  /// UserError "<where>: <what>".
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  const nlohmann::json& value(const std::string& name, const char* kind);

  std::string where_;
  nlohmann::json object_, defaults_;
  std::set<std::string> read_;
};

}  // namespace rc
