#include "paper/testing/verdict_cases.h"

#include <algorithm>

#include "paper/testing/synthetic.h"

namespace rc {

namespace {

const Numbers& base() {
  static const Numbers numbers = numbers_from_json(synthetic_collection().at("numbers"));
  return numbers;
}

}  // namespace

const Claim& claim(const std::string& id) {
  return *std::find_if(claims().begin(), claims().end(),
                       [&](const Claim& c) { return c.id == id; });
}

Numbers numbers_with(const Values& values) {
  Numbers numbers = base();
  for (const auto& [name, value] : values) numbers[name] = {value, "", 1, {}};
  return numbers;
}

Numbers numbers_without(const std::vector<std::string>& prefixes) {
  Numbers numbers = base();
  for (const auto& prefix : prefixes)
    std::erase_if(numbers, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  return numbers;
}

std::string verdict_of(const std::string& id, const Numbers& numbers) {
  return verdict_on(claim(id), numbers).at("verdict");
}

std::string verdict_with(const std::string& id, const Values& values) {
  return verdict_of(id, numbers_with(values));
}

Numbers difference(const std::string& arm, double value, double half, Numbers numbers) {
  numbers["loss_difference." + arm] = {value, "nats/token", 3,
                                       Interval{value - half, value + half, 0.95, "t over seeds"}};
  return numbers;
}

}  // namespace rc
