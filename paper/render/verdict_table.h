// The claims and what became of them, for a terminal.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace rc {

/// One line a claim, at most 80 columns: id, title, ours, control, verdict; then how many came out
/// how, and what a star means. `collected` is numbers.json.
std::string verdict_table(const nlohmann::json& collected);

/// The page for the screen and the documents that lie in `report`, a line each; empty if there are
/// none.
std::string document_list(const std::filesystem::path& report);

}  // namespace rc
