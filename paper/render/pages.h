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
  bool printed;  // as HTML, LaTeX and PDF too; all are Markdown
  About about;
};

/// All documents in the order they are read. What is not printed is a part of the page for the
/// screen, kScreenPage, under its name.
inline constexpr Document kDocuments[] = {{"dimensional_collapse", true, About::kTrained},
                                          {"rank_collapse_deep_dive", true, About::kTrained},
                                          {"audit", true, About::kTrained},
                                          {"model_audit", true, About::kCheckpoint},
                                          {"numbers", false, About::kEither}};

/// The page for the screen: one HTML file that shows every figure, and every number.
inline constexpr const char* kScreenPage = "index";

/// Those that numbers.json is enough for.
std::vector<Document> documents_of(const nlohmann::json& collected);

/// Markdown of documents_of(collected) by name, from the templates in `templates` and numbers.json.
/// UserError tells template and line of a name there is not, and any number that no page shows.
std::map<std::string, std::string> render_pages(const std::filesystem::path& templates,
                                                const nlohmann::json& collected);

/// How Markdown shows a figure: ![alt](../figures/<name>.svg), a blank line, *Figure 1. caption*.
/// Groups: alt, name, "Figure 1. ", caption.
inline constexpr const char* kFigurePattern =
    R"re(!\[([^\]]*)\]\(\.\./figures/([a-z_]+)\.svg\)\n\n\*(Figure \d+\. )([^*]+)\*)re";

/// A figure as the documents show it: its file's name, what it shows in a few words, its caption in
/// Markdown without its number, and the document that shows it first.
struct ShownFigure {
  std::string name, alt, caption, document;
};

/// Every figure of `pages` once, in the order of the documents.
std::vector<ShownFigure> figures_in(const std::map<std::string, std::string>& pages);

/// Markdown of kScreenPage; `pages` as render_pages gives them. Where a figure belongs it has
/// <div class="drawing" data-figure="<name>"></div>. Errors as those of render_pages.
std::string render_screen_page(const std::filesystem::path& templates,
                               const nlohmann::json& collected,
                               const std::map<std::string, std::string>& pages);

}  // namespace rc
