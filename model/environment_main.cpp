// environment: writes what of this machine changes numbers, for make and its plan.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <link.h>

#include <set>

#include "model/machine.h"
#include "model/settings.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;

constexpr const char* kHelp =
    "environment: writes the versions of LibTorch, BLAS and oneDNN, and what the settings device\n"
    "and train.precision mean on this machine where they are auto; make calls it\n\n"
    "  --facts FILE      JSON, written where it changed; beside it FILE with the ending .list,\n"
    "                    the libraries these facts speak of\n"
    "  --device NAME     auto, cpu or cuda (default: auto)\n"
    "  --version         the revision this was built from\n"
    "  --help            this text\n";

/// The shared libraries that the facts speak of, as files: when one of them is replaced, the facts
/// may have changed.
std::set<std::string> libraries() {
  std::set<std::string> files;
  ::dl_iterate_phdr(
      [](dl_phdr_info* library, std::size_t, void* found) {
        const std::string name = library->dlpi_name;
        std::error_code error;
        const auto named = [&](const char* part) { return name.find(part) != name.npos; };
        if (named("torch") || named("blas") || named("dnnl"))
          static_cast<std::set<std::string>*>(found)->insert(
              std::filesystem::canonical(name, error).string());
        return 0;
      },
      &files);
  return files;
}

int environment(int argc, char** argv) {
  std::string facts, device = "auto";
  bool help = false;
  po::options_description description;
  description.add_options()("facts", po::value(&facts))("device", po::value(&device))(
      "help", po::bool_switch(&help));
  rc::parse_options(argc, argv, description);
  if (help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  if (facts.empty()) throw rc::UserError("--facts FILE is missing; --help lists the options");
  if (device.empty()) device = "auto";
  rc::write_json(facts,
                 rc::machine_facts(rc::Settings({rc::kDeviceSettings}, {"device=" + device})));
  rc::write_text(std::filesystem::path(facts).replace_extension(".list"),
                 fmt::format("{}\n", fmt::join(libraries(), "\n")));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("environment", [&] { return environment(argc, argv); });
}
