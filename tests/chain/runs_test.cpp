// Seeds and arms, and which stages they run.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/chain/chain.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(Chain, SeedsAndArmsMultiplyRunsSideBySide) {
  const std::string grid = "SEEDS='0 1' ARMS='copy learned'";
  const auto outcome = make("report -j4 " + grid);
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_EQ(runs(outcome), all(4)) << outcome.output;
  EXPECT_TRUE(fs::exists("runs/mini/seed-1/copy/manifest/correlate.json"));
  const auto one_by_one = make("report RUNS=other " + grid);
  for (const char* file : {"collect.json", "seed-1/copy/ablate.json"})
    EXPECT_EQ(read_text(fs::path("runs/mini") / file), read_text(fs::path("other/mini") / file));
  EXPECT_EQ(runs(make("report SEEDS=0 ARMS=learned")), 2 + static_cast<long>(kFigures.size()) - 1);
}

TEST_F(Chain, AnArmMayHaveNoOtherStageThanTraining) {
  write_text("profiles/arms/uniform.conf", "about = no keys\nstages = train\n");
  const std::string both = "ARMS='learned uniform'";
  const auto first = make("report " + both);
  EXPECT_EQ(first.status, 0) << first.output;
  EXPECT_EQ(runs(first), all() + 1) << first.output;
  EXPECT_TRUE(first.says(fmt::format("{0} of {0} stages to run", all() + 1))) << first.output;
  EXPECT_TRUE(fs::exists("runs/mini/seed-0/uniform/manifest/train.json"));
  EXPECT_FALSE(fs::exists("runs/mini/seed-0/uniform/manifest/snapshot.json"));
  for (const char* reader : {"collect", "figure-loss"})
    EXPECT_TRUE(read_json(fmt::format("runs/mini/manifest/{}.json", reader))
                    .dump()
                    .find("seed-0/uniform/train.json") != std::string::npos)
        << reader;
  EXPECT_EQ(make("report " + both).output, "the claims\n");
  EXPECT_TRUE(make("plan " + both).says(fmt::format("to run: 0, up to date: {}", all() + 1)));
  EXPECT_EQ(runs(make("ablate correlate " + both)), 0);
  EXPECT_EQ(make("ablate ARMS=uniform").status, 0);
  EXPECT_TRUE(make("help").says("uniform"));
  write_text("profiles/arms/uniform.conf", "about = no keys\nstages = trian\n");
  EXPECT_TRUE(make("report").says("stages = trian: the stages of a run are: train"));
}

TEST_F(Chain, AnArmThatReadsAnotherIsTrainedAfterIt) {
  write_text("profiles/arms/oracle.conf", "about = knows the end\nreads = learned\n");
  const auto alone = make("train -j4 SEEDS='0 1' ARMS=oracle");
  EXPECT_EQ(alone.status, 0) << alone.output;
  EXPECT_EQ(runs(alone), 1 + 2 * 2) << alone.output;
  const auto inputs = read_json("runs/mini/seed-1/oracle/manifest/train.json").at("inputs").dump();
  EXPECT_THAT(inputs, AllOf(HasSubstr("seed-1/learned/train.safetensors"),
                            Not(HasSubstr("seed-0/learned"))));
  EXPECT_EQ(read_text("runs/mini/settings/runs.list"), "seed-0/oracle\nseed-1/oracle\n");
  EXPECT_EQ(runs(make("report ARMS='oracle learned'")), all(2) - 3);
  EXPECT_THAT(make("plan ARMS=oracle GOAL=train SET=train.number=2").output,
              AllOf(HasSubstr("learned   run: setting"), HasSubstr("oracle    run: setting")));
  write_text("profiles/arms/oracle.conf", "about = knows the end\nreads = lerned\n");
  EXPECT_TRUE(make("report").says("reads = lerned: there are: copy learned oracle thin16"));
}

TEST_F(Chain, AnAuditLeavesOutWhatItsArmsSay) {
  write_text("profiles/arms/wide.conf", "about = wide\naudit = no\n");
  write_text("profiles/ladder.conf", "seeds = 0\narms = learned wide\n");
  const auto audit = make("-n audit").output;
  EXPECT_THAT(audit, AllOf(HasSubstr("seed-0/thin16"), Not(HasSubstr("seed-0/wide"))));
  EXPECT_THAT(make("-n report ARMS=wide").output, HasSubstr("seed-0/wide"));
  const auto ladder = make("-n audit PROFILE=ladder").output;
  EXPECT_THAT(ladder, AllOf(HasSubstr("seed-0/thin16"), HasSubstr("seed-0/wide")));
}

TEST_F(Chain, AnAuditRunsSomeArmsForTheFirstSeedAlone) {
  write_text("profiles/arms/once.conf", "about = one seed tells\naudit = first\n");
  const auto audit = make("-n audit SEEDS='3 4'").output;
  EXPECT_THAT(audit, AllOf(HasSubstr("seed-3/once"), HasSubstr("seed-4/thin16"),
                           Not(HasSubstr("seed-4/once"))));
  EXPECT_THAT(make("-n audit SEEDS='3 4' ARMS='learned once'").output, HasSubstr("seed-4/once"));
  EXPECT_THAT(make("-n report SEEDS='3 4' ARMS='learned once'").output, HasSubstr("seed-4/once"));
}

TEST_F(Chain, AProfileLeavesAStageToAudits) {
  write_text("profiles/mini.conf", "seeds = 0\narms = learned\naudit = heal\n");
  const auto report = make("report");
  EXPECT_EQ(report.status, 0) << report.output;
  EXPECT_EQ(runs(report), all() - 1) << report.output;
  EXPECT_FALSE(fs::exists("runs/mini/seed-0/learned/heal.json"));
  EXPECT_EQ(runs(make("heal")), 1);
  EXPECT_EQ(make("report").output, "the claims\n") << "it lies there, and this report has none";
  EXPECT_GT(runs(make("report heal")), 0) << "named, it is collected";
  EXPECT_THAT(read_text("runs/mini/manifest/collect.json"), HasSubstr("heal.json"));
  EXPECT_THAT(make("-n audit ARMS=copy").output, HasSubstr("seed-0/copy/manifest/heal.json"));
  EXPECT_EQ(runs(make("report FROM=collect")), 0) << "what lies is taken";
  write_text("profiles/mini.conf", "seeds = 0\narms = learned\naudit = heel\n");
  EXPECT_TRUE(make("report").says("audit = heel: the stages of a run are: train"));
}

}  // namespace
}  // namespace rc
