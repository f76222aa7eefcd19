#include "figures/drawing/collected.h"

#include "pipeline/statistics/arm_names.h"

namespace rc {

std::optional<Collected> collected(const Field& run, const std::string& name,
                                   const std::string& arm) {
  const auto number = run.at("numbers").find(name_of_arm(name, arm));
  if (!number) return std::nullopt;
  const double value = number->at("value").number();
  const auto end = [&](const char* which) {
    const auto field = number->find(which);
    return field ? field->number() : value;
  };
  return Collected{value, end("lo"), end("hi")};
}

std::vector<std::string> collected_arms(const Field& run) {
  std::vector<std::string> arms;
  for (const Field& arm : run.at("arms").items()) arms.push_back(arm.text());
  return arms;
}

}  // namespace rc
