#include "figures/drawing/field.h"

#include <fmt/core.h>

#include <limits>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {

Field::Field(Document document, const nlohmann::json& value, std::string file, std::string name)
    : document_(std::move(document)),
      value_(&value),
      file_(std::move(file)),
      name_(std::move(name)) {}

Field Field::open(const std::filesystem::path& file) {
  const auto document = std::make_shared<const nlohmann::json>(read_json(file));
  return Field(document, *document, file.string(), "");
}

Field Field::child(const std::string& name, const nlohmann::json& value) const {
  return Field(document_, value, file_, name_.empty() ? name : name_ + '.' + name);
}

void Field::fail(const std::string& complaint) const {
  throw UserError(fmt::format("{}: field {} {}; run the stage that writes it again, with --force",
                              file_, name_, complaint));
}

std::optional<Field> Field::find(const std::string& name) const {
  if (!value_->is_object() || !value_->contains(name)) return std::nullopt;
  return child(name, (*value_)[name]);
}

Field Field::at(const std::string& name) const {
  if (auto field = find(name)) return *field;
  child(name, *value_).fail("is missing");
}

double Field::number() const {
  if (value_->is_null()) return std::numeric_limits<double>::quiet_NaN();
  if (!value_->is_number()) fail("is not a number");
  return value_->get<double>();
}

std::string Field::text() const {
  if (!value_->is_string()) fail("is not a text");
  return value_->get<std::string>();
}

bool Field::truth() const {
  if (!value_->is_boolean()) fail("is neither true nor false");
  return value_->get<bool>();
}

std::vector<std::string> Field::names() const {
  if (!value_->is_object()) fail("has no fields");
  std::vector<std::string> names;
  for (const auto& [name, value] : value_->items()) names.push_back(name);
  return names;
}

std::vector<Field> Field::items(Count count) const {
  if (!value_->is_array() || value_->empty()) fail("is not a list with something in it");
  if (count && value_->size() != *count)
    fail(fmt::format("has {} entries where {} are expected", value_->size(), *count));
  std::vector<Field> items;
  for (const auto& value : *value_)
    items.push_back(Field(document_, value, file_, fmt::format("{}[{}]", name_, items.size())));
  return items;
}

Vector Field::numbers(Count count) const {
  Vector numbers;
  for (const Field& item : items(count)) numbers.push_back(item.number());
  return numbers;
}

Matrix Field::matrix(std::size_t rows, std::size_t columns) const {
  Matrix matrix;
  for (const Field& row : items(rows)) matrix.push_back(row.numbers(columns));
  return matrix;
}

}  // namespace rc
