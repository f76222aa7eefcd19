// The documents as Markdown.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rc {

/// What numbers are about: models trained here, a checkpoint trained elsewhere, or either.
enum class About { kTrained, kCheckpoint, kEither };

struct Document {
  const char* name;
  bool printed;  // as LaTeX and PDF too; all are Markdown and HTML
  About about;
};

/// All documents in the order they are read.
inline constexpr Document kDocuments[] = {{"dimensional_collapse", true, About::kTrained},
                                          {"rank_collapse_deep_dive", true, About::kTrained},
                                          {"audit", true, About::kTrained},
                                          {"model_audit", true, About::kCheckpoint},
                                          {"numbers", false, About::kEither}};

/// Those that numbers.json is enough for.
std::vector<Document> documents_of(const nlohmann::json& collected);

/// Markdown of documents_of(collected) by name, from the templates in `templates` and numbers.json.
/// UserError tells template and line of a name there is not, and any number that no page shows.
std::map<std::string, std::string> render_pages(const std::filesystem::path& templates,
                                                const nlohmann::json& collected);

}  // namespace rc
