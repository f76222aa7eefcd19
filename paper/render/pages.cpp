#include "paper/render/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>

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

using Escape = std::string (*)(const std::string&);

std::string render_page(const std::string& text, PageNames& names, const std::string& document,
                        Escape escape = markdown_escape) {
  kainjow::mustache::mustache page(text);
  if (!page.is_valid()) throw UserError(document + ".md: " + page.error_message());
  page.set_custom_escape(escape);
  std::string out = page.render(names);
  if (!page.is_valid()) throw UserError(document + ".md: " + page.error_message());
  return without_gaps(std::move(out));
}

/// What a folder of templates holds.
struct Templates {
  explicit Templates(const std::filesystem::path& folder)
      : groups(read_json(folder / "groups.json")),
        measures(read_json(folder / "measures.json")),
        texts(load_templates(folder)) {}
  const std::string& text_of(const std::string& page) const {
    const auto text = texts.find(page);
    if (text == texts.end()) throw UserError("no template " + page + ".md");
    return text->second;
  }
  nlohmann::json groups, measures;
  std::map<std::string, std::string> texts;
};

kainjow::mustache::data figure_rows(const std::vector<ShownFigure>& figures) {
  kainjow::mustache::data rows(kainjow::mustache::data::type::list);
  for (const auto& [name, alt, caption, document] : figures) {
    kainjow::mustache::data row("name", name);
    row.set("alt", alt);
    row.set("caption", caption);
    row.set("document", document);
    rows.push_back(row);
  }
  return rows;
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
  Templates all(templates);
  PageNames names(collected, all.groups, all.measures, all.texts);
  std::map<std::string, std::string> pages;
  for (const auto& document : documents_of(collected))
    pages[document.name] = render_page(all.text_of(document.name), names, document.name);
  refuse_unused(names);
  return pages;
}

std::vector<ShownFigure> figures_in(const std::map<std::string, std::string>& pages) {
  static const std::regex figure(kFigurePattern);
  std::vector<ShownFigure> figures;
  std::set<std::string> known;
  for (const auto& [name, printed, about] : kDocuments) {
    const auto page = pages.find(name);
    if (page == pages.end()) continue;
    const std::string& text = page->second;
    for (std::sregex_iterator match(text.begin(), text.end(), figure), end; match != end; ++match)
      if (known.insert((*match)[2]).second)
        figures.push_back({(*match)[2], (*match)[1], (*match)[4], name});
  }
  return figures;
}

std::string render_screen_page(const std::filesystem::path& templates,
                               const nlohmann::json& collected,
                               const std::map<std::string, std::string>& pages) {
  Templates all(templates);
  PageNames names(collected, all.groups, all.measures, all.texts);
  names.tell("figures", figure_rows(figures_in(pages)));
  // Half of the page is HTML as it stands.
  return render_page(all.text_of(kScreenPage), names, kScreenPage, entity_escape);
}

}  // namespace rc
