#include "model/foreign/tokenizer_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/text.h"

namespace rc::tokenizer {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uintmax_t kMostBytes = 128 << 20;  // the largest in use have 35 MB
constexpr int kDeepest = 32;
constexpr long kMostValues = 16 << 20;
constexpr std::int64_t kMostIds = 1 << 24;
constexpr std::size_t kWidest = 60;

}  // namespace

json read_tokenizer_json(const fs::path& file) {
  std::error_code error;
  if (const auto size = fs::file_size(file, error); !error && size > kMostBytes)
    throw UserError(fmt::format("{} has {} bytes; a tokenizer of at most {} is expected",
                                file.string(), size, kMostBytes));
  long values = 0;
  const auto bounded = [&](int depth, json::parse_event_t, const json&) {
    if (depth > kDeepest)
      throw UserError(fmt::format("{} is nested more than {} levels deep; it is no tokenizer",
                                  file.string(), kDeepest));
    if (++values > kMostValues)
      throw UserError(fmt::format("{} holds more than {} values; it is no tokenizer", file.string(),
                                  kMostValues));
    return true;
  };
  try {
    return json::parse(read_text(file), bounded);
  } catch (const json::exception& reason) {
    throw UserError(fmt::format("{} is not JSON ({}); fetch it again", file.string(),
                                printable(reason.what())));
  }
}

Component::Component(const json& object, std::string file, std::string place)
    : object_(object), file_(std::move(file)), place_(std::move(place)) {
  if (!object_.is_object()) refuse("an object is expected, found " + shown(object_));
}

void Component::refuse(const std::string& what) const {
  throw UserError(fmt::format("{}: {}{}{}", file_, place_, place_.empty() ? "" : ": ", what));
}

void Component::refuse_type(const std::vector<std::string>& known) const {
  refuse(fmt::format("type {} is not read here; those that are: {}", shown(type()),
                     fmt::join(known, ", ")));
}

const json* Component::find(const std::string& name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

const json& Component::need(const std::string& name) const {
  if (const json* value = find(name)) return *value;
  refuse(fmt::format("\"{}\" is missing", name));
}

bool Component::flag(const std::string& name, bool otherwise) const {
  const json* value = find(name);
  if (!value) return otherwise;
  if (!value->is_boolean())
    refuse(fmt::format("\"{}\" is {}; true or false is expected", name, shown(*value)));
  return value->get<bool>();
}

std::string Component::text(const std::string& name) const {
  const json& value = need(name);
  if (!value.is_string())
    refuse(fmt::format("\"{}\" is {}; a text is expected", name, shown(value)));
  return value.get<std::string>();
}

std::string Component::text(const std::string& name, const std::string& otherwise) const {
  return has(name) ? text(name) : otherwise;
}

std::int32_t Component::id(const std::string& name) const {
  const json& value = need(name);
  if (!is_token_id(value))
    refuse(fmt::format("\"{}\" is {}; no token has that id", name, shown(value)));
  return value.get<std::int32_t>();
}

const json& Component::array(const std::string& name) const {
  const json& value = need(name);
  if (!value.is_array())
    refuse(fmt::format("\"{}\" is {}; a list is expected", name, shown(value)));
  return value;
}

std::string Component::inside(const std::string& name) const {
  return place_.empty() ? name : fmt::format("{}.{}", place_, name);
}

Component Component::at(const std::string& name) const { return {need(name), file_, inside(name)}; }

std::vector<Component> Component::list(const std::string& name) const {
  std::vector<Component> components;
  for (const json& value : array(name))
    components.emplace_back(value, file_, fmt::format("{}[{}]", inside(name), components.size()));
  return components;
}

bool is_token_id(const json& value) {
  return value.is_number_integer() && value >= 0 && value < kMostIds;
}

std::string shown(const json& value) {
  return clip(value.dump(-1, ' ', false, json::error_handler_t::replace), kWidest);
}

}  // namespace rc::tokenizer
