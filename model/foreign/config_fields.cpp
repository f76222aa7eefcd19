#include "model/foreign/config_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {

using nlohmann::json;

std::string quoted(const std::string& text) {
  return clip(json(text).dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace), 80);
}

ConfigFields::ConfigFields(std::string where, json object, json defaults)
    : where_(std::move(where)), object_(std::move(object)), defaults_(std::move(defaults)) {
  if (!object_.is_object()) refuse("is no JSON object; download the file again");
}

void ConfigFields::refuse(const std::string& what) const { throw UserError(where_ + ": " + what); }

bool ConfigFields::stated(const std::string& name) {
  read_.insert(name);
  return object_.contains(name);
}

bool ConfigFields::is_null(const std::string& name) {
  return stated(name) && object_[name].is_null();
}

bool ConfigFields::has(const std::string& name) {
  if (stated(name) && !object_[name].is_null()) return true;
  return defaults_.contains(name);
}

const json& ConfigFields::value(const std::string& name, const char* kind) {
  if (!has(name))
    refuse(fmt::format("lacks {}, {}; download the whole checkpoint again", name, kind));
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? defaults_[name] : *found;
}

long ConfigFields::count(const std::string& name, long most, long least) {
  const auto& found = value(name, "a whole number");
  if (!found.is_number_integer() || found < least || found > most)
    refuse(fmt::format("{} is {}; a whole number from {} to {} is expected", name,
                       clip(found.dump(), 40), least, most));
  return found.get<long>();
}

double ConfigFields::positive(const std::string& name) {
  const auto& found = value(name, "a number");
  const double number = found.is_number() ? found.get<double>() : 0;
  if (!(number > 0) || !std::isfinite(number))
    refuse(fmt::format("{} is {}; a number above 0 is expected", name, clip(found.dump(), 40)));
  return number;
}

bool ConfigFields::flag(const std::string& name) {
  const auto& found = value(name, "true or false");
  if (!found.is_boolean())
    refuse(fmt::format("{} is {}; true or false is expected", name, clip(found.dump(), 40)));
  return found.get<bool>();
}

std::string ConfigFields::text(const std::string& name) {
  const auto& found = value(name, "a text");
  if (!found.is_string())
    refuse(fmt::format("{} is {}; a text is expected", name, clip(found.dump(), 40)));
  return found.get<std::string>();
}

json ConfigFields::list(const std::string& name) {
  const auto& found = value(name, "a list");
  if (!found.is_array())
    refuse(fmt::format("{} is {}; a list is expected", name, clip(found.dump(), 40)));
  return found;
}

ConfigFields ConfigFields::object(const std::string& name, json defaults) {
  return {where_ + ": " + name, value(name, "an object"), std::move(defaults)};
}

void ConfigFields::demand(const std::string& name, const json& value, const char* meaning) {
  if (!stated(name) || object_[name].is_null() || object_[name] == value) return;
  refuse(fmt::format("{} is {}: {} is not implemented, only {} is", name,
                     clip(object_[name].dump(), 40), meaning, value.dump()));
}

void ConfigFields::refuse_unread(std::span<const std::string_view> ignored) const {
  for (const auto& [name, value] : object_.items())
    if (!value.is_null() && !read_.contains(name) && std::ranges::count(ignored, name) == 0)
      refuse(
          fmt::format("field {} is {}, which is not implemented; remove the field if the numbers "
                      "do not depend on it",
                      quoted(name), clip(value.dump(), 40)));
}

}  // namespace rc
