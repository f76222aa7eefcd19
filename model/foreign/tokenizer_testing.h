// What tests of tokenizer.json's components need.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "model/foreign/tokenizer_json.h"

namespace rc::tokenizer {

/// A component of the file "t.json"; its text lives as long as the test program.
inline Component component(const std::string& text) {
  static std::deque<nlohmann::json> kept;
  kept.push_back(nlohmann::json::parse(text));
  return Component(kept.back(), "t.json");
}

using Texts = std::vector<std::string>;

}  // namespace rc::tokenizer
