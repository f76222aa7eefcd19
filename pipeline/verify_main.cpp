// Looks at every byte of a run: verify [--folder DIR] [--profile NAME].
#include <fmt/format.h>

#include "pipeline/error.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/whole.h"

namespace {

constexpr const char* kHelp =
    "verify: reads all that the stages of a run wrote and compares it with their manifests\n"
    "Names what is damaged or missing and the command that remakes it; status 1 if there is any.\n\n"
    "  --folder DIR      folder of the run (default runs/<profile>)\n"
    "  --profile NAME    the profile that was run (default laptop)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

int verify(int argc, char** argv) {
  namespace po = boost::program_options;
  std::string folder, profile = "laptop";
  bool help = false;
  po::options_description description;
  description.add_options()("folder", po::value(&folder))("profile", po::value(&profile))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const std::filesystem::path run = folder.empty() ? "runs/" + profile : folder;
  if (!std::filesystem::exists(run / "manifest"))
    throw rc::UserError(
        fmt::format("nothing was run in {}; run: make report PROFILE={}", run.string(), profile));
  const auto all = rc::find_damage(run, profile);
  for (const auto& [file, what, remedy] : all)
    fmt::print("{} is {}; remake it with: {}\n", file.string(), what, remedy);
  if (!all.empty()) return 1;
  fmt::print("{}: every file is as it was written\n", run.string());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("verify", [&] { return verify(argc, argv); });
}
