#include "pipeline/stage/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "pipeline/error.h"
#include "pipeline/stage/board.h"
#include "pipeline/stage/command_line.h"
#include "pipeline/stage/progress.h"
#include "pipeline/stage/stage_text.h"
#include "pipeline/stage/staleness.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

/// As a shell parts them, for what Make prints: blanks, single quotes and backslashes.
std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool open = false, quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = !quoted && (c == ' ' || c == '\t');
    if (blank) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c == '\'')
      quoted = !quoted;
    else if (c == '\\' && !quoted && i + 1 < line.size())
      words.back() += line[++i];
    else
      words.back() += c;
  }
  return words;
}

/// Goes through recipes and remembers which manifests will be new.
class Planner {
 public:
  Planner(const std::map<std::string, Description>& stages, const Environment& facts)
      : stages_(stages), facts_(facts) {}

  PlannedJob job(const std::vector<std::string>& words) {
    const auto stage = fs::path(words.front()).filename().string();
    const auto line = parse_command_line(words);
    StageSpec spec = stages_.at(stage).spec;
    if (stages_.at(stage).depends_on_machine)
      spec.environment = [this](const Settings&) { return facts_; };
    auto settings = Settings::read_file(all_tables(spec), line.settings_of(stage));
    // What is still to be made cannot be read yet.
    std::vector<fs::path> there;
    std::string waits_for;
    for (const fs::path& input : line.inputs) {
      if (!new_.contains(input))
        there.push_back(input);
      else if (waits_for.empty())
        waits_for = input.stem().string();
    }
    const Context context(spec, std::move(settings), line.out, there);
    auto planned = status(context, words.front(), waits_for);
    if (!planned.current) new_.insert(context.manifest_path());
    return planned;
  }

 private:
  static PlannedJob status(const Context& context, const fs::path& program,
                           const std::string& waits_for) {
    PlannedJob job{.stage = context.spec().name, .label = context.label()};
    if (waits_for.empty()) {
      const auto state = staleness(context, program, Look::kSizes);
      job.current = state.current;
      job.reason = state.reason;
    } else {
      job.reason = reason_of_its_own(context, program).value_or("after " + waits_for);
    }
    if (const auto last = last_manifest(context))
      job.seconds_last_time = last->circumstances.value("wall_seconds", 0.0);
    return job;
  }

  static std::optional<Manifest> last_manifest(const Context& context) {
    try {
      return read_manifest(context.manifest_path());
    } catch (const UserError&) {
      return std::nullopt;
    }
  }

  const std::map<std::string, Description>& stages_;
  const Environment& facts_;
  std::set<fs::path> new_;  // manifests of jobs that will run
};

/// ", about 12 min one after the other", from the times of earlier runs of the same stages; "" if
/// none ran before.
std::string time_text(const std::vector<PlannedJob>& jobs) {
  const double seconds = expected_seconds(jobs_to_run(jobs), mean_seconds(jobs));
  return seconds > 0 ? ", about " + duration_text(seconds) + " one after the other" : "";
}

}  // namespace

std::optional<std::vector<std::string>> stage_words(
    std::string_view line, const fs::path& programs,
    const std::map<std::string, Description>& stages) {
  auto words = split_words(line);
  if (words.empty()) return std::nullopt;
  const fs::path program = words.front();
  if (program.parent_path() != programs || !stages.contains(program.filename().string()))
    return std::nullopt;
  return words;
}

std::vector<PlannedJob> plan_jobs(const std::vector<std::vector<std::string>>& recipes,
                                  const std::map<std::string, Description>& stages,
                                  const Environment& facts) {
  Planner planner(stages, facts);
  std::vector<PlannedJob> jobs;
  for (const auto& words : recipes) jobs.push_back(planner.job(words));
  return jobs;
}

std::map<std::string, long> jobs_to_run(const std::vector<PlannedJob>& jobs) {
  std::map<std::string, long> counts;
  for (const PlannedJob& job : jobs)
    if (!job.current) ++counts[job.stage];
  return counts;
}

std::map<std::string, double> mean_seconds(const std::vector<PlannedJob>& jobs) {
  std::map<std::string, double> sums, counts;
  for (const PlannedJob& job : jobs)
    if (job.seconds_last_time > 0) {
      sums[job.stage] += job.seconds_last_time;
      ++counts[job.stage];
    }
  for (auto& [stage, sum] : sums) sum /= counts[stage];
  return sums;
}

std::string announcement(const std::vector<PlannedJob>& jobs) {
  long count = 0;
  for (const auto& [stage, number] : jobs_to_run(jobs)) count += number;
  return count == 0 ? ""
                    : fmt::format("{} of {} stages to run{}", count, jobs.size(), time_text(jobs));
}

std::string plan_text(const std::vector<PlannedJob>& jobs) {
  std::string text;
  for (const PlannedJob& job : jobs)
    text += stage_line(job.stage, job.label, job.current ? "cached" : "run: " + job.reason) + "\n";
  const auto current =
      std::count_if(jobs.begin(), jobs.end(), [](const PlannedJob& job) { return job.current; });
  const auto total = static_cast<long>(jobs.size());
  return text + fmt::format("stages to run: {}, up to date: {}{}\n", total - current, current,
                            total == current ? "" : time_text(jobs));
}

}  // namespace rc
