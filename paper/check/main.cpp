// The gate of a run: check [--folder DIR] [--profile NAME] [--accept].
#include <fmt/format.h>

#include <algorithm>

#include "paper/check/check.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/settings/options.h"
#include "pipeline/stage/whole.h"

namespace {

constexpr const char* kHelp =
    "check: compares headline numbers with paper/expected/<profile>.json; status 1 on drift.\n"
    "Numbers of an arm or a stage that is not in this run are listed and not judged.\n\n"
    "  --folder DIR       folder of the run (default runs/<profile>)\n"
    "  --profile NAME     the profile that was run (default laptop)\n"
    "  --accept           take the present numbers as the expected ones\n"
    "  --expected FOLDER  where expected numbers lie (default paper/expected)\n"
    "  --version          the revision this was built from\n"
    "  --help             this text\n";

struct Options {
  std::string profile = "laptop", folder, expected = "paper/expected";
  bool accept = false, help = false;
  std::filesystem::path file() const {
    return std::filesystem::path(expected) / (profile + ".json");
  }
  std::filesystem::path run() const { return folder.empty() ? "runs/" + profile : folder; }
  std::filesystem::path numbers() const { return run() / "numbers.json"; }
};

Options parse(int argc, char** argv) {
  namespace po = boost::program_options;
  Options options;
  po::options_description description;
  auto add = description.add_options();
  add("profile", po::value(&options.profile))("folder", po::value(&options.folder));
  add("accept", po::bool_switch(&options.accept))("help", po::bool_switch(&options.help));
  add("expected", po::value(&options.expected));
  rc::parse_options(argc, argv, description);
  return options;
}

int accept_numbers(const Options& options, const rc::Run& run) {
  const auto file = options.file();
  std::vector<rc::Expectation> watched;
  if (std::filesystem::exists(file)) watched = rc::expectations_from_json(rc::read_json(file));
  watched = rc::with_headlines(std::move(watched));
  const auto accepted = rc::accept(watched, run);
  rc::write_json(file, rc::to_json(accepted));
  fmt::print("{}: {} numbers accepted, {} left out as no run has told them yet\n", file.string(),
             accepted.size(), watched.size() - accepted.size());
  return 0;
}

int compare_numbers(const Options& options, const rc::Run& run) {
  if (!std::filesystem::exists(options.file()))
    throw rc::UserError(fmt::format("{} is absent; run: make accept PROFILE={}",
                                    options.file().string(), options.profile));
  const auto outcomes = rc::compare(rc::expectations_from_json(rc::read_json(options.file())), run);
  fmt::print("{}", rc::check_table(outcomes));
  const auto bad = std::count_if(outcomes.begin(), outcomes.end(),
                                 [](const rc::Outcome& outcome) { return !outcome.ok(); });
  if (bad == 0) return 0;
  throw rc::UserError(
      fmt::format("{} of {} numbers drifted or are missing; if intended: make accept PROFILE={}",
                  bad, outcomes.size(), options.profile));
}

int check(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto file = options.numbers();
  if (!std::filesystem::exists(file))
    throw rc::UserError(
        fmt::format("{} is absent; run: make collect PROFILE={}", file.string(), options.profile));
  if (const auto newer = rc::newer_settings(options.run()))
    throw rc::UserError(
        fmt::format("{} is older than {}: a report with other settings did not end; "
                    "run: make report PROFILE={}",
                    file.string(), newer->string(), options.profile));
  rc::require_whole(options.run(), options.profile);
  const auto run = rc::run_from_json(rc::read_json(file));
  return options.accept ? accept_numbers(options, run) : compare_numbers(options, run);
}

}  // namespace

int main(int argc, char** argv) {
  return rc::guarded_main("check", [&] { return check(argc, argv); });
}
