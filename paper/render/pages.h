// The documents as Markdown.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace rc {

struct Document {
  const char* name;
  bool printed;  // as LaTeX and PDF too; all are Markdown and HTML
};

/// The documents in the order they are read.
inline constexpr Document kDocuments[] = {{"dimensional_collapse", true},
                                          {"rank_collapse_deep_dive", true},
                                          {"audit", true},
                                          {"numbers", false}};

/// Markdown of every document by name, from the templates in `templates` and numbers.json.
/// UserError tells template and line of a name there is not, and any number that no page shows.
std::map<std::string, std::string> render_pages(const std::filesystem::path& templates,
                                                const nlohmann::json& collected);

}  // namespace rc
