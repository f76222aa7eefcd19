// A component of tokenizer.json, read field by field: what is wrong is said with its place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rc::tokenizer {

/// The file as JSON. Such files come from anywhere, so what one can cost is bounded: UserError for
/// one over 128 MB, nested over 32 levels deep, of more than 16 million values, or malformed.
nlohmann::json read_tokenizer_json(const std::filesystem::path& file);

/// A JSON object and where it stands, as in "pre_tokenizer.pretokenizers[1]"; it must outlive this.
/// A field that is null counts as absent. Every member throws UserError with file and place.
class Component {
 public:
  Component(const nlohmann::json& object, std::string file, std::string place = "");

  bool has(const std::string& name) const { return find(name) != nullptr; }
  std::string type() const { return text("type"); }
  bool flag(const std::string& name, bool otherwise) const;
  std::string text(const std::string& name) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  std::int32_t id(const std::string& name) const;
  const nlohmann::json& array(const std::string& name) const;
  Component at(const std::string& name) const;
  std::vector<Component> list(const std::string& name) const;  // an array of objects

  const nlohmann::json& value() const { return object_; }

  /// Throws "<file>: <place>: <what>".
  [[noreturn]] void refuse(const std::string& what) const;

  /// Of a table by type, this component's entry; otherwise a UserError that names the type and
  /// those which are read.
  template <class Reader>
  const Reader& choose(const std::map<std::string, Reader>& table) const {
    const auto found = table.find(type());
    if (found != table.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& [name, reader] : table) known.push_back(name);
    refuse_type(known);
  }

 private:
  const nlohmann::json* find(const std::string& name) const;
  const nlohmann::json& need(const std::string& name) const;
  std::string inside(const std::string& name) const;  // the place of a field
  [[noreturn]] void refuse_type(const std::vector<std::string>& known) const;

  const nlohmann::json& object_;
  std::string file_;
  std::string place_;
};

/// Whether that is a token's id: a whole number from 0 to 2^24 - 1, more than any vocabulary has.
bool is_token_id(const nlohmann::json& value);

/// The value on one line, clipped, as it may stand in a message: texts in quotes.
std::string shown(const nlohmann::json& value);

}  // namespace rc::tokenizer
