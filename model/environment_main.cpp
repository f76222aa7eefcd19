// environment: writes what of this machine changes numbers, for make and its plan.
#include <fmt/format.h>

#include "model/machine.h"
#include "model/settings.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"

namespace {

namespace po = boost::program_options;

constexpr const char* kHelp =
    "environment: writes the versions of LibTorch and BLAS, and what the settings device\n"
    "and train.precision mean on this machine where they are auto; make calls it\n\n"
    "  --facts FILE      JSON, written where it changed\n"
    "  --device NAME     auto, cpu or cuda (default: auto)\n"
    "  --help            this text\n";

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
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("environment", [&] { return environment(argc, argv); });
}
