// A stage's JSON as figures read it: by field name, with an error that says where it looked.
#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace rc {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

/// One field of a stage's JSON file. Every reader throws UserError, naming file and field, where
/// the field is missing or of another type or size. A null among numbers (a value its stage could
/// not form, such as 0/0) becomes NaN and is drawn as a gap.
class Field {
 public:
  using Count = std::optional<std::size_t>;  // none: any number but zero

  static Field open(const std::filesystem::path& file);

  Field at(const std::string& name) const;
  std::optional<Field> find(const std::string& name) const;

  double number() const;
  std::string text() const;
  bool truth() const;
  std::vector<std::string> names() const;  // of its fields
  std::vector<Field> items(Count count = {}) const;
  Vector numbers(Count count = {}) const;
  Matrix matrix(std::size_t rows, std::size_t columns) const;  // [rows][columns]

  /// UserError "<file>: field <name> <complaint>; ...".
  [[noreturn]] void fail(const std::string& complaint) const;

 private:
  using Document = std::shared_ptr<const nlohmann::json>;
  Field(Document document, const nlohmann::json& value, std::string file, std::string name);
  Field child(const std::string& name, const nlohmann::json& value) const;
  Document document_;
  const nlohmann::json* value_;  // inside *document_
  std::string file_;
  std::string name_;  // "null.coordinate_pr.gaussian"
};

}  // namespace rc
