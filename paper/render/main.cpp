// numbers.json and figures in, the documents out: Markdown, LaTeX, PDF and HTML.
#include "paper/render/document.h"
#include "paper/render/pages.h"
#include "pipeline/artifact.h"
#include "pipeline/dag.h"
#include "pipeline/progress.h"
#include "pipeline/stage.h"

namespace {

void render(rc::Context& c) {
  const auto collected = rc::read_json(c.output_of("collect", "numbers.json"));
  const auto pages = rc::render_pages("paper/templates", collected);
  const auto report = c.dir() / "report";
  rc::Progress progress("render", static_cast<long>(std::size(rc::kDocuments)));
  long done = 0;
  for (const std::string name : rc::kDocuments) {
    progress.update(done++, name);
    rc::make_document(name, pages.at(name), "paper/templates", report);
    for (const auto* ending : {".md", ".tex", ".pdf", ".html"}) c.made(report / (name + ending));
  }
  progress.finish();
}

}  // namespace

int main(int argc, char** argv) {
  return rc::stage_main(rc::stage("render"), argc, argv, render);
}
