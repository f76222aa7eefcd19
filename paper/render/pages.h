// The documents as Markdown.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace rc {

/// The documents in the order they are read.
inline constexpr const char* kDocuments[] = {"dimensional_collapse", "rank_collapse_deep_dive",
                                             "audit"};

/// Markdown of every document by name, from the templates in `templates` and numbers.json.
/// UserError tells template and line of a name there is not, and any number that no page shows.
std::map<std::string, std::string> render_pages(const std::filesystem::path& templates,
                                                const nlohmann::json& collected);

}  // namespace rc
