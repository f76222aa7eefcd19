// Kept results under the present rules and words: verdicts and Markdown anew from their numbers.
#include <fmt/format.h>

#include "paper/render/pages.h"
#include "paper/verdict/verdict.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/statistics/numbers.h"

namespace {

namespace fs = std::filesystem;

constexpr const char* kHelp =
    "rejudge: verdicts and pages of kept results by the present rules and templates\n\n"
    "  --folder DIR      of kept results, paper/results/<name>: its numbers.json keeps every "
    "number\n"
    "                    and gets the verdicts, its report/*.md are written anew\n"
    "  --templates DIR   (default: paper/templates)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

void rejudge(const fs::path& folder, const fs::path& templates) {
  auto collected = rc::read_json(folder / "numbers.json");
  try {
    collected["verdicts"] = rc::verdicts(rc::numbers_from_json(collected.at("numbers")));
  } catch (const nlohmann::json::exception& error) {
    throw rc::UserError(fmt::format("{} is no numbers.json of stage collect ({})",
                                    (folder / "numbers.json").string(), error.what()));
  }
  const auto pages = rc::render_pages(templates, collected);
  rc::write_json(folder / "numbers.json", collected);
  for (const auto& [name, page] : pages) rc::write_text(folder / "report" / (name + ".md"), page);
}

int run(int argc, char** argv) {
  namespace po = boost::program_options;
  std::string folder, templates = "paper/templates";
  bool help = false;
  po::options_description description;
  description.add_options()("folder", po::value(&folder))("templates", po::value(&templates))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (folder.empty()) throw rc::UserError("--folder DIR is missing; --help lists the options");
  rejudge(folder, templates);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("rejudge", [&] { return run(argc, argv); });
}
