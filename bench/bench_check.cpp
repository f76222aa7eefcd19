// Short benchmarks of two revisions, taken in turn; ends with status 1 where the later one became
// slower. `make bench-check` builds the earlier one and calls this:
//
//   build/bin/bench-check --base build/base/1a2b3c4/build/bin --called v0.1.0 --rounds 21
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "bench/revision_check.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/program.h"
#include "pipeline/settings/options.h"
#include "pipeline/settings/settings.h"
#include "pipeline/stage/environment.h"
#include "pipeline/stage/progress.h"

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kThreads = "1";  // with more, one that waits for another would be timed
constexpr double kNoisy = 0.15;        // quartiles of a quiet machine stay nearer to each other

struct Side {
  std::string folder;  // of its programs
  std::string called;
};

struct Options {
  Side base, now;
  long rounds = 11;
  double seconds = 0.05;
  std::string set = "kernels.percents=60";  // whole keys, and some of the width that others kept
  bool help = false;
};

/// A program that times and writes a report in Google Benchmark's JSON.
struct TimedProgram {
  std::string name;
  std::vector<std::string> arguments;
  std::string report;  // the option that names the report's file
};

/// Our own kernels for a CPU: those of LibTorch are the same on both sides.
TimedProgram kernel_bench(const Options& o) {
  TimedProgram bench = {
      "bench-attention",
      {"--benchmark_filter=/highway/", fmt::format("--benchmark_min_time={}", o.seconds),
       "--benchmark_out_format=json", "device=cpu", std::string("kernels.threads=") + kThreads},
      "--benchmark_out"};
  for (const auto& setting : rc::split_overrides(o.set)) bench.arguments.push_back(setting);
  return bench;
}

/// Steps of a small model.
TimedProgram training_bench() {
  return {"bench-train",
          {"--rounds=5", std::string("--set=threads=") + kThreads +
                             " device=cpu model.layers=4 model.context=128 tokens.vocabulary=1024 "
                             "train.batch=4 train.microbatches=1"},
          "--json"};
}

std::string path_of(const Side& side, const TimedProgram& timed) {
  return fs::path(side.folder) / timed.name;
}

/// An older one only prints a table.
bool writes_reports(const Side& side, const TimedProgram& timed) {
  const auto program = path_of(side, timed);
  if (!fs::exists(program)) return false;
  const auto help = rc::run_command({.program = program, .arguments = {"--help"}});
  return help.output.find(timed.report) != std::string::npos;
}

/// Where the programs of a round run from. How long that path is moves what a program allocates
/// later, and with it the same bytes decode up to a tenth slower or faster, in every run. So both
/// sides have the same path in a round, and one of another length in the next.
fs::path seat_of(const Options& o, long round) {
  return fs::path(o.now.folder) /
         ("." + std::string(static_cast<std::size_t>(13 * round % 97), '_') + "turn");
}

/// A program at another place, as long as this lives.
class Seated {
 public:
  Seated(const fs::path& program, const fs::path& seat) : seat_(seat) {
    fs::remove(seat_);
    fs::copy_file(program, seat_);
  }
  ~Seated() {
    std::error_code ignored;
    fs::remove(seat_, ignored);
  }
  Seated(const Seated&) = delete;
  Seated& operator=(const Seated&) = delete;

 private:
  fs::path seat_;
};

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

rc::CaseSeconds seconds_of(const Side& side, const TimedProgram& timed, const fs::path& seat) {
  const rc::TemporaryFolder scratch;
  const auto report = scratch.path() / "report.json";
  auto arguments = timed.arguments;
  arguments.push_back(timed.report + "=" + report.string());
  const Seated seated(path_of(side, timed), seat);
  const auto result = rc::run_command({.program = seat, .arguments = arguments});
  const auto who = fmt::format("{} of {}", timed.name, side.called);
  if (result.status != 0)
    throw rc::UserError(fmt::format(
        "{} failed: {}", who, result.errors.empty() ? result.silence() : last_line(result.errors)));
  return rc::case_seconds(rc::read_text(report), who);
}

/// Of all programs.
rc::CaseSeconds seconds_of(const Side& side, const std::vector<TimedProgram>& programs,
                           const fs::path& seat) {
  rc::CaseSeconds all;
  for (const auto& timed : programs) all.merge(seconds_of(side, timed, seat));
  return all;
}

/// What both sides can time; what one of them cannot is said.
std::vector<TimedProgram> programs_of_both(const Options& o) {
  std::vector<TimedProgram> programs = {kernel_bench(o)};
  const auto training = training_bench();
  bool trains = true;
  for (const auto& side : {o.base, o.now}) {
    if (!fs::exists(path_of(side, programs[0])))
      throw rc::UserError(
          fmt::format("there is no {}; make bench-check builds it", path_of(side, programs[0])));
    if (!trains || writes_reports(side, training)) continue;
    trains = false;
    fmt::print("training steps are not compared: {} has no {} {}\n", side.called, training.name,
               training.report);
  }
  if (trains) programs.push_back(training);
  return programs;
}

struct Taken {
  rc::PairedCases cases;
  std::vector<std::string> alone;  // cases that one side lacks
};

/// Which side comes first changes from round to round: the second finds the machine as the first
/// left it.
Taken take_turns(const Options& o, const std::vector<TimedProgram>& programs) {
  Taken taken;
  rc::Progress progress("bench-check", 2 * o.rounds);
  long done = 0;
  for (long round = 1; round <= o.rounds; ++round) {
    const auto take = [&](const Side& side) {
      progress.update(done++, fmt::format("round {} of {}", round, o.rounds));
      return seconds_of(side, programs, seat_of(o, round));
    };
    rc::CaseSeconds base, now;
    const bool base_first = round % 2 == 1;
    if (base_first) base = take(o.base);
    now = take(o.now);
    if (!base_first) base = take(o.base);
    taken.alone = rc::add_round(taken.cases, base, now);
  }
  progress.finish();
  return taken;
}

void print(const Options& o, const Taken& taken, const std::vector<rc::Comparison>& comparisons) {
  const double spread = rc::worst_spread(comparisons);
  fmt::print("{}, {} thread, {} rounds\n\n{}\n", rc::cpu_model(), kThreads, o.rounds,
             rc::comparison_table(comparisons, o.base.called));
  fmt::print("medians over rounds; all intervals together hold at 95 %\n");
  fmt::print("quartiles of a ratio are up to {:.0f} % apart{}\n", 100 * spread,
             spread < kNoisy ? "" : "; is another program running?");
  if (!taken.alone.empty())
    fmt::print("not compared, as one side lacks it: {}\n", fmt::join(taken.alone, ", "));
}

int check(const Options& o) {
  if (o.base.folder.empty())
    throw rc::UserError("--base FOLDER is missing; --help says what it is");
  if (o.rounds < 5) throw rc::UserError("--rounds must be at least 5 for an interval");
  const auto taken = take_turns(o, programs_of_both(o));
  const auto comparisons = rc::compare(taken.cases);
  if (comparisons.empty())
    throw rc::UserError(
        fmt::format("{} and {} have no case in common", o.base.called, o.now.called));
  print(o, taken, comparisons);
  const auto slower = rc::slower_cases(comparisons);
  if (slower.empty()) return 0;
  std::fflush(stdout);
  throw rc::UserError(fmt::format("slower than {}: {}", o.base.called, slower));
}

int run(int argc, char** argv) {
  Options o;
  o.base.called = "the base";
  o.now = {rc::program_folder().string(), "this revision"};
  po::options_description options(
      "bench-check: did this revision become slower than an earlier one?\nOptions");
  auto add = options.add_options();
  add("base", po::value(&o.base.folder), "folder of the earlier one's programs");
  add("called", po::value(&o.base.called)->default_value(o.base.called), "what it is called");
  add("now", po::value(&o.now.folder), "folder of the others (default: where this one lies)");
  add("rounds", po::value(&o.rounds)->default_value(o.rounds), "pairs of runs");
  add("seconds", po::value(&o.seconds)->default_value(o.seconds),
      "least time of a case of bench-attention in a run");
  add("set", po::value(&o.set)->default_value(o.set), "settings of bench-attention");
  add("help", po::bool_switch(&o.help), "this text");
  rc::parse_options(argc, argv, options);
  if (o.help) {
    std::cout << options;
    return 0;
  }
  return check(o);
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-check", [&] { return run(argc, argv); });
}
