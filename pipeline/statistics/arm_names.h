// What the numbers of an arm are called.
#pragma once

#include <string>

namespace rc {

/// The arm whose numbers bear their plain names.
inline constexpr const char* kMainArm = "learned";

/// "ablate.low_gain.60" of arm copy is "ablate.copy.low_gain.60"; of the main arm it stays as it
/// is. A name of one part takes the arm as its second even for the main arm: "loss" is
/// "loss.learned".
inline std::string name_of_arm(const std::string& name, const std::string& arm) {
  const auto dot = name.find('.');
  if (dot == name.npos) return name + "." + arm;
  return arm == kMainArm ? name : name.substr(0, dot) + "." + arm + name.substr(dot);
}

}  // namespace rc
