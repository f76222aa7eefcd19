// Which stages an order entails, for which seeds and arms, and which of them would run.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "pipeline/settings/profile.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// One stage with its seed and arm (the first of each for a stage of profile scope).
struct Job {
  Context context;
  std::filesystem::path program;
};

/// The stages named, and all they need, in the order of the graph. "report" names everything up to
/// the documents, "figures" every figure. UserError for an unknown name gives the nearest.
std::vector<const StageSpec*> stages_for(const std::vector<std::string>& names);

/// The jobs of `stages` over the profile's seeds and arms; each comes after those it needs.
std::vector<Job> jobs_for(std::span<const StageSpec* const> stages, const Profile& profile,
                          const std::filesystem::path& runs, const std::filesystem::path& programs);

/// A job and what would become of it: "cached", "run: setting train.steps: 320 -> 500", "run: after
/// train" where only a stage before it can tell.
struct PlannedJob {
  const Job* job;
  bool cached;
  std::string status;
};

/// Changes nothing.
std::vector<PlannedJob> make_plan(std::span<const Job> jobs);

/// The graph as text in 80 columns.
std::string dag_text();

}  // namespace rc
