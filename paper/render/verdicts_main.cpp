// Prints what became of the claims, and where the documents lie.
#include <fmt/format.h>

#include "paper/render/verdict_table.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/whole.h"

namespace {

constexpr const char* kHelp =
    "verdicts: the claims and what became of them, from a run's numbers.json\n\n"
    "  --folder DIR      folder of the run (default: runs/laptop)\n"
    "  --profile NAME    the profile that was run (default: laptop)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

int verdicts(int argc, char** argv) {
  namespace po = boost::program_options;
  std::string folder = "runs/laptop", profile = "laptop";
  bool help = false;
  po::options_description description;
  description.add_options()("folder", po::value(&folder))("profile", po::value(&profile))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto run = std::filesystem::path(folder);
  if (!std::filesystem::exists(run / "numbers.json"))
    throw rc::UserError(fmt::format("{} is absent; run: make report PROFILE={}",
                                    (run / "numbers.json").string(), profile));
  rc::require_whole(run, profile);
  fmt::print("{}", rc::verdict_table(rc::read_json(run / "numbers.json")));
  if (const auto documents = rc::document_list(run / "report"); !documents.empty())
    fmt::print("\n{}", documents);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("verdicts", [&] { return verdicts(argc, argv); });
}
