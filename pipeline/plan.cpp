#include "pipeline/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "pipeline/dag.h"
#include "pipeline/error.h"
#include "pipeline/text.h"

namespace rc {
namespace {

constexpr std::string_view kFigurePrefix = "figure-";

std::vector<std::string> known_names() {
  std::vector<std::string> names = {"report", "figures"};
  for (const StageSpec& spec : dag()) names.push_back(spec.name);
  return names;
}

bool is_meant(const StageSpec& spec, const std::string& name) {
  if (name == "report") return spec.name == "render";
  if (name == "figures") return spec.name.starts_with(kFigurePrefix);
  return spec.name == name;
}

/// Names of the stages meant by `name`.
std::set<std::string> meant_by(const std::string& name) {
  std::set<std::string> meant;
  for (const StageSpec& spec : dag())
    if (is_meant(spec, name)) meant.insert(spec.name);
  if (meant.empty())
    throw UserError(
        fmt::format("no stage is named {}; did you mean {}?", name, nearest(name, known_names())));
  return meant;
}

bool reads_from(const Context& reader, const Context& writer) {
  const auto& needs = reader.spec().needs;
  const bool needed = std::any_of(needs.begin(), needs.end(), [&](const Need& need) {
    return need.stage == writer.spec().name;
  });
  const bool both_of_a_run =
      reader.spec().scope == Scope::kRun && writer.spec().scope == Scope::kRun;
  return needed && (!both_of_a_run || reader.run_dir() == writer.run_dir());
}

std::string status_of(const Job& job, std::span<const PlannedJob> before) {
  for (const PlannedJob& other : before) {
    if (other.cached || !reads_from(job.context, other.job->context)) continue;
    const auto own = reason_of_its_own(job.context, job.program);
    return "run: " + own.value_or("after " + other.job->context.spec().name);
  }
  const Assessment assessment = assess(job.context, job.program);
  return assessment.cached ? "cached" : "run: " + assessment.reason;
}

}  // namespace

std::vector<const StageSpec*> stages_for(const std::vector<std::string>& names) {
  std::set<std::string> wanted;
  for (const std::string& name : names) wanted.merge(meant_by(name));
  std::vector<const StageSpec*> stages;
  // Backwards, a stage is reached only after all that need it.
  for (auto spec = dag().rbegin(); spec != dag().rend(); ++spec) {
    if (!wanted.contains(spec->name)) continue;
    for (const Need& need : spec->needs) wanted.insert(need.stage);
    stages.push_back(&*spec);
  }
  std::reverse(stages.begin(), stages.end());
  return stages;
}

std::vector<Job> jobs_for(std::span<const StageSpec* const> stages, const Profile& profile,
                          const std::filesystem::path& runs,
                          const std::filesystem::path& programs) {
  const auto seeds = profile.integers("seeds");
  const auto arms = profile.words("arms");
  std::vector<Job> jobs;
  for (const StageSpec* spec : stages) {
    const bool often = spec->scope == Scope::kRun;
    for (std::size_t s = 0; s < (often ? seeds.size() : 1); ++s)
      for (std::size_t a = 0; a < (often ? arms.size() : 1); ++a)
        jobs.push_back({{*spec, profile, runs, seeds[s], arms[a]}, programs / spec->name});
  }
  return jobs;
}

std::vector<PlannedJob> make_plan(std::span<const Job> jobs) {
  std::vector<PlannedJob> plan;
  for (const Job& job : jobs) {
    const std::string status = status_of(job, plan);
    plan.push_back({&job, status == "cached", status});
  }
  return plan;
}

std::string dag_text() {
  std::string text = "stage                        reads the outputs of\n";
  for (const StageSpec& spec : dag()) {
    std::vector<std::string> sources;
    for (const Need& need : spec.needs)
      if (std::find(sources.begin(), sources.end(), need.stage) == sources.end())
        sources.push_back(need.stage);
    if (spec.files) sources.push_back("(files)");
    const std::string lead =
        fmt::format("{:<25} {}  ", spec.name, spec.scope == Scope::kRun ? "*" : " ");
    text += wrap(lead, sources.empty() ? "-" : fmt::format("{}", fmt::join(sources, ", ")), 29);
    text += "\n";
  }
  return text + "* once for every seed and arm; the others once a profile\n";
}

}  // namespace rc
