#include <fmt/format.h>
#include <signal.h>

#include <optional>

#include "pipeline/error.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/stage.h"
#include "pipeline/stage/stage_runner.h"
#include "pipeline/stage/stage_text.h"

namespace rc {
namespace {

namespace po = boost::program_options;

struct StageOptions {
  CommonOptions common;
  bool force = false;
  std::optional<long> seed;
  std::optional<std::string> arm;
};

StageOptions parse(const StageSpec& spec, int argc, char** argv) {
  StageOptions options;
  po::options_description description;
  options.common.describe(description);
  auto add = description.add_options();
  add("force", po::bool_switch(&options.force));
  add("seed", po::value<long>());
  add("arm", po::value<std::string>());
  const auto values = parse_options(argc, argv, description);
  if (values.contains("seed")) options.seed = values["seed"].as<long>();
  if (values.contains("arm")) options.arm = values["arm"].as<std::string>();
  if (spec.scope == Scope::kProfile && (options.seed || options.arm))
    throw UserError(spec.name + " runs once a profile: leave out --seed and --arm");
  return options;
}

/// --seed and --arm are checked like the settings of that name.
Context make_context(const StageSpec& spec, const StageOptions& options) {
  const Profile profile = options.common.load();
  const Profile own = Profile::defaults(
      {fmt::format("seeds={}", options.seed.value_or(profile.integers("seeds").front())),
       "arms=" + options.arm.value_or(profile.words("arms").front())});
  return {spec, profile, options.common.runs, own.integers("seeds").front(),
          own.words("arms").front()};
}

}  // namespace

int stage_main(const StageSpec& spec, int argc, char** argv,
               const std::function<void(Context&)>& body) {
  return guarded_main(spec.name, [&] {
    // A file-size limit then fails the write with a message instead of ending the process.
    ::signal(SIGXFSZ, SIG_IGN);
    const StageOptions options = parse(spec, argc, argv);
    if (options.common.help) {
      fmt::print("{}", stage_help(spec, options.common.load_or_defaults()));
      return 0;
    }
    Context context = make_context(spec, options);
    run_stage(context, "/proc/self/exe", options.force, body);
    return 0;
  });
}

}  // namespace rc
