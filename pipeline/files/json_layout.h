// JSON a person can read: objects broken into lines, rows of numbers kept on one.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace rc {

/// Objects and lists of lists take a line a member; a list or an object that holds only numbers,
/// texts, true, false or null stays on its line. Ends with a newline.
std::string json_layout(const nlohmann::json& value);

}  // namespace rc
