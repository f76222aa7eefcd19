#include "paper/render/screen_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "paper/render/document.h"
#include "paper/render/pandoc.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/file.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// The names of a drawing's curves as they stand in it, escaped for an attribute.
std::vector<std::string> curves_of(const std::string& svg) {
  static const std::regex curve("data-curve=\"([^\"]*)\"");
  std::vector<std::string> names;
  for (std::sregex_iterator match(svg.begin(), svg.end(), curve), end; match != end; ++match)
    if (std::ranges::find(names, (*match)[1].str()) == names.end()) names.push_back((*match)[1]);
  return names;
}

std::string boxes_for(const std::vector<std::string>& curves) {
  if (curves.size() < 2) return {};
  std::string boxes = "<fieldset class=\"curves\"><legend>Show</legend>";
  for (const auto& curve : curves)
    boxes +=
        fmt::format("<label><input type=\"checkbox\" checked value=\"{0}\">{0}</label>", curve);
  return boxes + "</fieldset>\n";
}

/// What a page holds in its head beside what pandoc writes there.
std::string head_of(const ScreenParts& parts) {
  std::string head;
  for (const auto* sheet : {"style.css", "index.css"})
    head += "<style>\n" + read_text(parts.templates / sheet) + "</style>\n";
  for (const auto& script : parts.scripts)
    head += "<script>\n" + read_text(script) + "\n</script>\n";
  return head;
}

}  // namespace

std::string with_drawings(const std::string& html, const fs::path& figures) {
  static const std::regex place(R"re(<div class="drawing" data-figure="([a-z_]+)">\s*</div>)re");
  std::string out;
  auto rest = html.cbegin();
  for (std::sregex_iterator match(html.begin(), html.end(), place), end; match != end; ++match) {
    const auto file = figures / ((*match)[1].str() + ".screen.svg");
    if (!fs::exists(file))
      throw UserError(
          fmt::format("no drawing {}; run: make figure-{}", file.string(), (*match)[1].str()));
    const auto svg = read_text(file);
    out.append(rest, (*match)[0].first);
    out += boxes_for(curves_of(svg)) + "<div class=\"drawing\">\n" + svg + "</div>";
    rest = (*match)[0].second;
  }
  return out.append(rest, html.cend());
}

fs::path make_screen_page(const std::string& markdown, const ScreenParts& parts,
                          const fs::path& report) {
  const auto html =
      pandoc(for_pandoc(markdown, Target::kHtml),
             {"--to=html5", "--mathml", "--metadata=lang:en", "--metadata=document-css:false",
              "--metadata=pagetitle:" + markdown.substr(2, markdown.find('\n') - 2)},
             head_of(parts), report);
  const auto page = report / "index.html";
  write_text(page, with_drawings(html, parts.figures));
  return page;
}

}  // namespace rc
