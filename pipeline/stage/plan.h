// What `make plan` shows: of the recipes that Make would run, in their order, which have work to do
// and why.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/stage/description.h"

namespace rc {

/// A recipe's line that starts a stage.
struct PlannedJob {
  std::string stage;
  std::string label;  // "seed 0, learned"
  bool current = false;
  std::string reason;            // "setting train.steps: 320 -> 500", "after train"
  double seconds_last_time = 0;  // of its last run, 0 if there was none
};

/// The words of a line of `make -n`, quotes taken off; nothing where it starts none of `stages`
/// from folder `programs`.
std::optional<std::vector<std::string>> stage_words(
    std::string_view line, const std::filesystem::path& programs,
    const std::map<std::string, Description>& stages);

/// Jobs in the order of the recipes. Changes nothing. `facts` are the machine's.
std::vector<PlannedJob> plan_jobs(const std::vector<std::vector<std::string>>& recipes,
                                  const std::map<std::string, Description>& stages,
                                  const Environment& facts);

/// How many jobs of each stage will run, and what one of a stage took on average last time.
std::map<std::string, long> jobs_to_run(const std::vector<PlannedJob>& jobs);
std::map<std::string, double> mean_seconds(const std::vector<PlannedJob>& jobs);

/// "19 stages to run, about 7 min": what a report says before it starts; "" with nothing to do.
std::string announcement(const std::vector<PlannedJob>& jobs);

/// A line a job, and in the end how many there are and about how long they take.
std::string plan_text(const std::vector<PlannedJob>& jobs);

}  // namespace rc
