#include "pipeline/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "pipeline/dag.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names_for(const std::vector<std::string>& order) {
  std::vector<std::string> names;
  for (const StageSpec* spec : stages_for(order)) names.push_back(spec->name);
  return names;
}

TEST(Plan, OrderEntailsWhatItNeeds) {
  EXPECT_THAT(names_for({"train"}), ElementsAre("tokenize", "train"));
  EXPECT_THAT(names_for({"correlate", "train"}),
              ElementsAre("tokenize", "train", "snapshot", "correlate"));
  EXPECT_THAT(names_for({"figure-kernel_speedup"}),
              ElementsAre("time-kernels", "figure-kernel_speedup"));
}

TEST(Plan, ReportEntailsEverything) { EXPECT_EQ(names_for({"report"}).size(), dag().size()); }

TEST(Plan, FiguresLeaveOutTheDocuments) {
  const auto names = names_for({"figures"});
  EXPECT_THAT(names, testing::Contains("figure-loss"));
  EXPECT_THAT(names, testing::Not(testing::Contains("collect")));
}

TEST(Plan, UnknownNameGivesTheNearest) {
  EXPECT_THAT(user_error([] { stages_for({"mesure-rank"}); }),
              HasSubstr("did you mean measure-rank?"));
}

TEST(Plan, GraphNamesEachStageAfterItsNeeds) {
  std::set<std::string> seen;
  for (const StageSpec& spec : dag()) {
    for (const Need& need : spec.needs) EXPECT_TRUE(seen.contains(need.stage)) << spec.name;
    EXPECT_TRUE(seen.insert(spec.name).second);
    EXPECT_FALSE(spec.summary.empty() || spec.writes.empty());
  }
}

TEST(Plan, GraphDeclaresKnownSettings) {
  const Profile profile = Profile::defaults();
  for (const StageSpec& spec : dag())
    for (const std::string& pattern : spec.settings)
      EXPECT_FALSE(profile.select({pattern}).empty()) << spec.name << ": " << pattern;
}

TEST(Plan, JobsCoverSeedsAndArms) {
  const Profile profile = Profile::defaults({"seeds=0 1", "arms=learned copy"});
  std::vector<std::string> labels;
  for (const Job& job : jobs_for(stages_for({"train"}), profile, "runs", "bin"))
    labels.push_back(job.program.string() + ":" + job.context.label());
  EXPECT_THAT(labels,
              ElementsAre("bin/tokenize:", "bin/train:seed 0, learned", "bin/train:seed 0, copy",
                          "bin/train:seed 1, learned", "bin/train:seed 1, copy"));
}

}  // namespace
}  // namespace rc
