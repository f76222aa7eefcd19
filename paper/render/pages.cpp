#include "paper/render/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "paper/render/page_names.h"
#include "paper/render/template_text.h"
#include "paper/text/number_text.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

/// Sections that came out empty leave blank lines behind; one is enough.
std::string without_gaps(std::string text) {
  for (auto gap = text.find("\n\n\n"); gap != text.npos; gap = text.find("\n\n\n", gap))
    text.erase(gap, 1);
  return text;
}

std::string render_page(const std::string& text, PageNames& names, const std::string& document) {
  kainjow::mustache::mustache page(text);
  if (!page.is_valid()) throw UserError(document + ".md: " + page.error_message());
  page.set_custom_escape(markdown_escape);
  std::string out = page.render(names);
  if (!page.is_valid()) throw UserError(document + ".md: " + page.error_message());
  return without_gaps(std::move(out));
}

void refuse_unused(const PageNames& names) {
  const auto unused = names.unused();
  if (!unused.empty())
    throw UserError(fmt::format(
        "no page shows {} ({} such number{}); add its prefix to paper/templates/groups.json",
        unused.front(), unused.size(), unused.size() == 1 ? "" : "s"));
}

}  // namespace

std::vector<Document> documents_of(const nlohmann::json& collected) {
  const auto other = collected.contains("model") ? About::kTrained : About::kCheckpoint;
  std::vector<Document> documents;
  std::ranges::copy_if(kDocuments, std::back_inserter(documents),
                       [&](const Document& d) { return d.about != other; });
  return documents;
}

std::map<std::string, std::string> render_pages(const std::filesystem::path& templates,
                                                const nlohmann::json& collected) {
  const auto groups = read_json(templates / "groups.json");
  const auto texts = load_templates(templates);
  const auto measures = read_json(templates / "measures.json");
  PageNames names(collected, groups, measures, texts);
  std::map<std::string, std::string> pages;
  for (const auto& [name, printed, about] : documents_of(collected)) {
    const std::string document = name;
    const auto text = texts.find(document);
    if (text == texts.end()) throw UserError("no template " + document + ".md");
    pages[document] = render_page(text->second, names, document);
  }
  refuse_unused(names);
  return pages;
}

}  // namespace rc
