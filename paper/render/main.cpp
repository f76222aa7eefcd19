// numbers.json and figures in, the documents out: Markdown, LaTeX, PDF and HTML.
#include <algorithm>
#include <future>
#include <iterator>

#include "paper/render/document.h"
#include "paper/render/pages.h"
#include "paper/render/screen_page.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage.h"

namespace {

std::filesystem::path folder_of_templates(const rc::Context& c) {
  if (c.files().empty())
    throw rc::UserError("render reads templates; make render names those of paper/templates");
  return c.files().front().parent_path();
}

/// In the order of the command line.
std::vector<std::filesystem::path> scripts_of(const rc::Context& c) {
  std::vector<std::filesystem::path> scripts;
  std::ranges::copy_if(c.files(), std::back_inserter(scripts),
                       [](const std::filesystem::path& file) { return file.extension() == ".js"; });
  return scripts;
}

/// Whether Make found LaTeX: it then names latexmk among the files, so that a report made without
/// is made anew once it is there.
bool has_latex(const rc::Context& c) {
  return std::ranges::any_of(
      c.files(), [](const std::filesystem::path& file) { return file.filename() == "latexmk"; });
}

void render(rc::Context& c) {
  const auto collected = rc::read_json(c.output_of("collect", "numbers.json"));
  const auto templates = folder_of_templates(c);
  const auto pages = rc::render_pages(templates, collected);
  const rc::Press press{templates, c.dir() / "report", has_latex(c)};
  rc::Progress progress("render", static_cast<long>(pages.size()) + 1);
  // LaTeX keeps one core busy a document.
  std::vector<std::future<std::vector<std::filesystem::path>>> documents;
  const auto wanted = rc::documents_of(collected);
  for (const auto& document : wanted)
    documents.push_back(std::async(std::launch::async, rc::make_document, document,
                                   pages.at(document.name), press));
  progress.update(0, rc::kScreenPage);  // while LaTeX is at work
  c.made(rc::make_screen_page(rc::render_screen_page(templates, collected, pages),
                              {templates, scripts_of(c), c.dir() / "figures"}, press.report));
  for (std::size_t i = 0; i < documents.size(); ++i) {
    progress.update(static_cast<long>(i) + 1, wanted[i].name);
    for (const auto& file : documents[i].get()) c.made(file);
  }
  progress.finish();
}

}  // namespace

int main(int argc, char** argv) {
  rc::StageSpec spec{
      .name = "render",
      .summary = "the documents as Markdown, LaTeX, PDF and HTML, and a page for the screen",
      .writes = "report/*.md, *.tex, *.pdf and *.html, report/index.html",
      .needs = {{"collect", ".json"}, {"figure-*", ""}},
      .files =
          "the templates, paper/templates/*, then scripts of the page for the screen, and latexmk"};
  return rc::stage_main(spec, argc, argv, render);
}
