#include "pipeline/driver.h"

#include <fmt/format.h>

#include <cstdio>

#include "pipeline/error.h"
#include "pipeline/launch.h"
#include "pipeline/plan.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/stage_text.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kProgram = "rank-collapse";

constexpr const char* kUsage =
    "rank-collapse: from a profile and a corpus to numbers, figures and documents\n"
    "\n"
    "  rank-collapse run STAGE...    run the stages and all they need, where out of\n"
    "                                date; report: everything, figures: all figures\n"
    "  rank-collapse plan [STAGE...] show what would run and why; change nothing\n"
    "  rank-collapse dag             show the stages and what each reads\n"
    "\n"
    "Options:\n";

constexpr const char* kRunOptions =
    "  --seeds \"0 1 2\"    one training run a seed, in place of the profile's\n"
    "  --arms \"A B\"       variants of the model, in place of the profile's\n"
    "\n"
    "Run it from the repository's root. build/bin/STAGE --help tells the settings of\n"
    "a stage.\n";

struct DriverOptions {
  CommonOptions common;
  std::string command;
  std::vector<std::string> stages;
};

DriverOptions parse(int argc, char** argv) {
  DriverOptions options;
  po::options_description description;
  options.common.describe(description);
  auto add = description.add_options();
  add("command", po::value(&options.command));
  add("stages", po::value(&options.stages));
  add("seeds", po::value<std::string>());
  add("arms", po::value<std::string>());
  const auto positional = po::positional_options_description().add("command", 1).add("stages", -1);
  const auto values = parse_options(argc, argv, description, positional);
  for (const char* name : {"seeds", "arms"})
    if (values.contains(name))
      options.common.set.push_back(fmt::format("{}={}", name, values[name].as<std::string>()));
  return options;
}

fs::path folder_of_programs() { return fs::read_symlink("/proc/self/exe").parent_path(); }

std::vector<Job> jobs_of(const DriverOptions& options) {
  const auto stages = stages_for(options.stages);
  return jobs_for(stages, options.common.load(), options.common.runs, folder_of_programs());
}

std::vector<std::string> arguments_of(const Job& job, const CommonOptions& options) {
  std::vector<std::string> words = {"--profile", options.profile, "--runs", options.runs.string()};
  for (const std::string& word : options.overrides()) words.insert(words.end(), {"--set", word});
  if (job.context.spec().scope == Scope::kRun)
    words.insert(words.end(),
                 {"--seed", std::to_string(job.context.seed()), "--arm", job.context.arm()});
  return words;
}

std::string stopped_message(const Job& job, int signal) {
  return fmt::format("{} was stopped by signal {}; start again to go on from here",
                     job.context.spec().name, signal);
}

/// Runs jobs until one fails; its exit status is ours.
int run(const DriverOptions& options) {
  if (options.stages.empty()) throw UserError("run what? Name stages, or report for everything");
  const auto jobs = jobs_of(options);
  std::size_t launched = 0;
  for (const Job& job : jobs) {
    if (assess(job.context, job.program).cached) continue;
    ++launched;
    const int status = launch(job.program, arguments_of(job, options.common));
    if (status > 128) fmt::print(stderr, "{}: {}\n", kProgram, stopped_message(job, status - 128));
    if (status != 0) return status;
  }
  if (launched == 0)
    fmt::print("everything is up to date ({} stages)\n", jobs.size());
  else
    fmt::print("stages run: {}, up to date: {}\n", launched, jobs.size() - launched);
  return 0;
}

int plan(DriverOptions options) {
  if (options.stages.empty()) options.stages = {"report"};
  const auto jobs = jobs_of(options);
  std::size_t cached = 0;
  for (const PlannedJob& planned : make_plan(jobs)) {
    const Context& context = planned.job->context;
    fmt::print("{}\n", stage_line(context.spec(), context.label(), planned.status));
    cached += planned.cached;
  }
  fmt::print("stages to run: {}, up to date: {}\n", jobs.size() - cached, cached);
  return 0;
}

int dispatch(const DriverOptions& options) {
  if (options.common.help || options.command == "help") {
    fmt::print("{}{}{}", kUsage, common_options_help(), kRunOptions);
    return 0;
  }
  if (options.command == "run") return run(options);
  if (options.command == "plan") return plan(options);
  if (options.command == "dag") {
    fmt::print("{}", dag_text());
    return 0;
  }
  throw UserError(options.command.empty()
                      ? "run, plan or dag? --help explains them"
                      : options.command + " is no command; run, plan and dag are");
}

}  // namespace

int driver_main(int argc, char** argv) {
  return guarded_main(kProgram, [&] { return dispatch(parse(argc, argv)); });
}

}  // namespace rc
