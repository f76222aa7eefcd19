#include "pipeline/statistics/numbers.h"

#include <cmath>

#include "pipeline/error.h"

namespace rc {
namespace {

using nlohmann::json;

/// JSON knows no NaN and writes null in its place: refuse before it is lost.
double finite(const json& value, const char* field) {
  const auto found = value.find(field);
  if (found == value.end() || !found->is_number() || !std::isfinite(found->get<double>()))
    throw UserError("a number's \"" + std::string(field) + "\" is missing or not finite in " +
                    value.dump() + "; run again the stage that wrote it");
  return found->get<double>();
}

std::string text(const json& value, const char* field) {
  const auto found = value.find(field);
  if (found == value.end() || !found->is_string())
    throw UserError("a number's \"" + std::string(field) + "\" is missing in " + value.dump() +
                    "; run again the stage that wrote it");
  return found->get<std::string>();
}

int count(const json& value) {
  const auto found = value.find("n");
  if (found == value.end() || !found->is_number_integer())
    throw UserError("a number's \"n\" is missing or not whole in " + value.dump() +
                    "; run again the stage that wrote it");
  return found->get<int>();
}

Interval interval_from_json(const json& value) {
  return {finite(value, "lo"), finite(value, "hi"), finite(value, "level"),
          text(value, "interval")};
}

json by_seed_to_json(const std::map<long, double>& by_seed) {
  json value = json::object();
  for (const auto& [seed, one] : by_seed) value[std::to_string(seed)] = one;
  for (const auto& [seed, one] : value.items()) finite(value, seed.c_str());
  return value;
}

std::map<long, double> by_seed_from_json(const json& value) {
  std::map<long, double> by_seed;
  for (const auto& [seed, one] : value.items()) {
    if (seed.empty() || seed.find_first_not_of("0123456789") != seed.npos)
      throw UserError("\"" + seed + "\" is no seed in " + value.dump());
    by_seed[std::stol(seed)] = finite(value, seed.c_str());
  }
  return by_seed;
}

}  // namespace

json to_json(const Number& number) {
  json value = {{"value", number.value}, {"unit", number.unit}, {"n", number.n}};
  finite(value, "value");
  if (number.interval) {
    value["lo"] = number.interval->lo;
    value["hi"] = number.interval->hi;
    value["level"] = number.interval->level;
    value["interval"] = number.interval->method;
    interval_from_json(value);
  }
  if (!number.by_seed.empty()) value["by_seed"] = by_seed_to_json(number.by_seed);
  return value;
}

Number number_from_json(const json& value) {
  if (!value.is_object()) throw UserError("a number is expected, found " + value.dump());
  Number number{finite(value, "value"), text(value, "unit"), count(value), std::nullopt};
  if (value.contains("by_seed")) number.by_seed = by_seed_from_json(value.at("by_seed"));
  if (value.contains("lo") || value.contains("hi")) number.interval = interval_from_json(value);
  return number;
}

json to_json(const Numbers& numbers) {
  json value = json::object();
  for (const auto& [name, number] : numbers) {
    try {
      value[name] = to_json(number);
    } catch (const UserError& error) {
      throw UserError(name + ": " + error.what());
    }
  }
  return value;
}

Numbers numbers_from_json(const json& value) {
  if (!value.is_object()) throw UserError("an object of numbers is expected");
  Numbers numbers;
  for (const auto& [name, number] : value.items()) {
    try {
      numbers.emplace(name, number_from_json(number));
    } catch (const UserError& error) {
      throw UserError(name + ": " + error.what());
    }
  }
  return numbers;
}

}  // namespace rc
