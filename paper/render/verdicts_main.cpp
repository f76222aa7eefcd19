// Prints what became of the claims, and where the documents lie: verdicts [--profile NAME].
#include <fmt/format.h>

#include "paper/render/verdict_table.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"

namespace {

constexpr const char* kHelp =
    "verdicts: the claims and what became of them, from runs/<profile>/numbers.json\n\n"
    "  --profile NAME  the profile that was run (default laptop)\n"
    "  --runs FOLDER   where runs lie (default runs)\n"
    "  --set WORDS     accepted for the sake of the other programs; changes nothing here\n";

int verdicts(int argc, char** argv) {
  rc::CommonOptions options;
  boost::program_options::options_description description;
  options.describe(description);
  rc::parse_options(argc, argv, description);
  if (options.help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto run = options.runs / options.profile;
  if (!std::filesystem::exists(run / "numbers.json"))
    throw rc::UserError(fmt::format("{} is absent; run: make report PROFILE={}",
                                    (run / "numbers.json").string(), options.profile));
  fmt::print("{}", rc::verdict_table(rc::read_json(run / "numbers.json")));
  if (const auto documents = rc::document_list(run / "report"); !documents.empty())
    fmt::print("\n{}", documents);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("verdicts", [&] { return verdicts(argc, argv); });
}
