#include "pipeline/files/json_layout.h"

#include <algorithm>

namespace rc {
namespace {

using nlohmann::json;

std::string one_line(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool stays_on_its_line(const json& value) {
  return std::none_of(value.begin(), value.end(),
                      [](const json& member) { return member.is_structured(); });
}

void append(std::string& out, const json& value, std::size_t indent) {
  const bool top = indent == 0 && value.is_object();
  if (!value.is_structured() || value.empty() || (stays_on_its_line(value) && !top)) {
    out += one_line(value);
    return;
  }
  out += value.is_object() ? "{" : "[";
  const char* separator = "\n";
  for (const auto& member : value.items()) {
    out.append(separator).append(indent + 1, ' ');
    if (value.is_object()) out.append(one_line(member.key())).append(": ");
    append(out, member.value(), indent + 1);
    separator = ",\n";
  }
  out.append("\n").append(indent, ' ').append(value.is_object() ? "}" : "]");
}

}  // namespace

std::string json_layout(const json& value) {
  std::string out;
  append(out, value, 0);
  return out + "\n";
}

}  // namespace rc
