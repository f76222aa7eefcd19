// How time and memory of the stages grow with what a user can turn up:
//
//   build/bin/bench-growth --rounds 3 --out bench/results
//
// The stages run as in a report, each point in a make of its own, and what they took is read from
// their manifests. Writes growth.svg, and into growth.md the tables between its two marks.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <filesystem>
#include <functional>
#include <iostream>

#include "bench/growth/samples.h"
#include "bench/growth/table.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/manifest.h"
#include "pipeline/stage/progress.h"

namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

struct Options {
  std::string build = "build", out = "bench/results";
  int rounds = 3;
  bool again = false, help = false;
};

const std::string kBegin = "<!-- tables -->\n", kEnd = "<!-- end of tables -->\n";

/// Tokens are made once for every vocabulary; what stages made of them goes before the next point.
class Runner {
 public:
  explicit Runner(std::string build) : build_(std::move(build)) {}

  /// What each of the stages took.
  std::vector<rc::Taken> take(const rc::GrowthShape& shape, bool train_alone) {
    const auto runs = scratch_.path() / std::to_string(shape.vocabulary);
    const auto run = runs / "smoke/seed-0";
    fs::remove_all(run);
    std::vector<std::string> stages = {"train"};
    if (!train_alone) stages = {"train", "snapshot", "measure-rank", "ablate"};
    make(runs, shape, stages);
    std::vector<rc::Taken> taken;
    for (const std::string stage : rc::kGrowthStages)
      if (!train_alone || stage == "train") taken.push_back(read(run / "learned", stage));
    return taken;
  }

 private:
  void make(const fs::path& runs, const rc::GrowthShape& shape,
            const std::vector<std::string>& stages) {
    // Nothing of a make that called this one.
    std::vector<std::string> arguments = {
        "-u",   "MAKEFLAGS",     "-u",      "MFLAGS",       "-u",        "MAKELEVEL",
        "-u",   "MAKEOVERRIDES", "-u",      "RC_RUN",       "-u",        "RC_JOBS",
        "make", "PROFILE=smoke", "SEEDS=0", "ARMS=learned", "DEVICE=cpu"};
    arguments.push_back("BUILD=" + build_);
    arguments.push_back("RUNS=" + runs.string());
    arguments.push_back("SET=" + rc::settings_text(shape));
    arguments.insert(arguments.end(), stages.begin(), stages.end());
    const auto result = rc::run_command({.program = "env", .arguments = arguments});
    if (result.status != 0)
      throw rc::UserError(fmt::format("make {} failed with SET=\"{}\": {}", stages.back(),
                                      rc::settings_text(shape), result.text()));
  }

  static rc::Taken read(const fs::path& folder, const std::string& stage) {
    const auto manifest = rc::read_manifest(folder / "manifest" / (stage + ".json"));
    if (!manifest) throw rc::UserError("no manifest of stage " + stage + " in " + folder.string());
    const auto& facts = manifest->circumstances;
    rc::Taken taken{facts.at("wall_seconds"), facts.at("peak_bytes")};
    // Of a training the steps alone: checkpoints and losses between them are about as many.
    if (stage == "train")
      taken.seconds =
          rc::read_json(folder / "train.json").at("numbers").at("train.seconds").at("value");
    return taken;
  }

  rc::TemporaryFolder scratch_;
  std::string build_;
};

/// Every point once, from the least to the largest.
void add_round(Runner& runner, std::vector<rc::Growth>& all,
               const std::function<void(const std::string&)>& done) {
  for (auto& growth : all) growth.rounds.emplace_back();
  for (const auto& quantity : rc::quantities())
    for (int point = 0; point < rc::kGrowthPoints; ++point) {
      const auto stages = runner.take(quantity.at(point), quantity.train_alone);
      auto taken = stages.begin();
      for (auto& growth : all)
        if (growth.quantity.name == quantity.name) growth.rounds.back().push_back(*taken++);
      done(fmt::format("{} {}", quantity.name, quantity.value(point)));
    }
}

/// Round after round: a machine's moods then meet every point.
std::vector<rc::Growth> measure(const Options& o) {
  Runner runner(o.build);
  auto all = rc::nothing_taken();
  const auto points = rc::kGrowthPoints * static_cast<long>(rc::quantities().size());
  rc::Progress progress("growth", o.rounds * points);
  long done = 0;
  for (int round = 0; round < o.rounds; ++round)
    add_round(runner, all, [&](const std::string& note) { progress.update(++done, note); });
  progress.finish();
  return all;
}

/// The text with what stands between the marks replaced.
std::string with_tables(const std::string& text, const std::string& tables, const fs::path& file) {
  const auto begin = text.find(kBegin), end = text.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    throw rc::UserError(fmt::format(
        "{} lacks the lines {} and {} between which tables go; put them there", file.string(),
        kBegin.substr(0, kBegin.size() - 1), kEnd.substr(0, kEnd.size() - 1)));
  return text.substr(0, begin + kBegin.size()) + "```\n" + tables + "```\n" + text.substr(end);
}

int run(int argc, char** argv) {
  Options o;
  po::options_description options("bench-growth: how time and memory of the stages grow\nOptions");
  auto add = options.add_options();
  add("build", po::value(&o.build)->default_value(o.build), "where programs are");
  add("out", po::value(&o.out)->default_value(o.out),
      "folder of growth.md, growth.json and growth.svg");
  add("rounds", po::value(&o.rounds)->default_value(o.rounds), "so often, for a range");
  add("again", po::bool_switch(&o.again),
      "tables and picture of the growth.json that lies there; nothing is measured");
  add("help", po::bool_switch(&o.help), "this list");
  rc::parse_options(argc, argv, options);
  if (o.help) return std::cout << options, 0;
  if (o.rounds < 1) throw rc::UserError("--rounds must be 1 or more; of several the range is told");
  const fs::path out = o.out, page = out / "growth.md";
  const auto before = rc::read_text(page);
  with_tables(before, "", page);  // before anything takes time
  if (!o.again) rc::write_json(out / "growth.json", rc::to_json(measure(o)));
  const auto all = rc::growths_from_json(rc::read_json(out / "growth.json"));
  const auto tables = rc::growth_table(all);
  fmt::print("{}", tables);
  rc::write_text(page, with_tables(before, tables, page));
  rc::write_text(out / "growth.svg", rc::growth_picture(all));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("bench-growth", [&] { return run(argc, argv); });
}
