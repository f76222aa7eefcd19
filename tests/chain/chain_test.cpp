// What runs, what is left alone, and what people read of it.
#include "tests/chain/chain.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// The line of `text` that starts with `stage`.
std::string line_of(const std::string& text, const std::string& stage) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(stage + " ")) return line;
  return "";
}

TEST_F(Chain, RunsEverythingOnceThenNothing) {
  const auto first = make("report");
  EXPECT_EQ(first.status, 0) << first.output;
  EXPECT_EQ(runs(first), all()) << first.output;
  EXPECT_TRUE(first.says("the claims"));
  EXPECT_TRUE(first.says(fmt::format("{} of {} stages to run", all(), all()))) << first.output;
  EXPECT_TRUE(fs::exists("runs/mini/seed-0/learned/train.safetensors"));
  const auto second = make("report");
  EXPECT_EQ(second.output, "the claims\n");
}

TEST_F(Chain, StagesByNameAndResultsByFileBringWhatTheyNeed) {
  EXPECT_EQ(runs(make("runs/mini/kernels.json")), 1);  // trains nothing
  EXPECT_EQ(runs(make("train")), 2);
  EXPECT_EQ(runs(make("runs/mini/seed-0/learned/rank.json")), 2);
  EXPECT_EQ(runs(make("figures")), all() - 1 - 2 - 2 - 1);  // collect for one of them, no render
  EXPECT_EQ(runs(make("train SEEDS=1 ARMS=copy")), 1);
  EXPECT_TRUE(fs::exists("runs/mini/seed-1/copy/manifest/train.json"));
}

TEST_F(Chain, PlanChangesNothingAndTellsReasons) {
  const auto before = make("plan");
  EXPECT_EQ(before.status, 0) << before.output;
  EXPECT_THAT(line_of(before.output, "tokenize"), HasSubstr("run: never run"));
  EXPECT_THAT(before.output, HasSubstr(fmt::format("stages to run: {}, up to date: 0", all())));
  EXPECT_FALSE(fs::exists("runs/mini/manifest/tokenize.json"));
  make("report");
  EXPECT_THAT(make("plan").output, HasSubstr(fmt::format("to run: 0, up to date: {}", all())));
  const auto after = make("plan SET=measure-rank.number=9").output;
  EXPECT_THAT(line_of(after, "measure-rank"), HasSubstr("setting measure-rank.number: 1 -> 9"));
  EXPECT_THAT(line_of(after, "collect"), HasSubstr("run: after measure-rank"));
  EXPECT_THAT(line_of(after, "train"), HasSubstr("cached"));
  std::istringstream lines(after);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(Chain, ASettingRunsItsStageAndWhatFollows) {
  make("report");
  const auto again = make("report SET=measure-rank.number=9");
  // two figures, collect, the figure of what it collects, and render
  EXPECT_EQ(runs(again), 1 + 2 + 3) << again.output;
  EXPECT_EQ(runs(make("report SET=measure-rank.number=9")), 0);
  EXPECT_EQ(runs(make("report")), 6) << "and back";
}

TEST_F(Chain, CascadeStopsWhereBytesAreUnchanged) {
  make("report");
  write_text("corpus.txt", "first line\nanother line\n");
  const auto below = make("report");
  EXPECT_EQ(runs(below), 1) << below.output;
  EXPECT_EQ(make("report").output, "the claims\n");
  write_text("corpus.txt", "another first line\n");
  EXPECT_EQ(runs(make("report")), all() - 2);  // all but the kernels and their figure
}

TEST_F(Chain, WhatIsGoneIsMadeAgain) {
  make("report");
  const fs::path checkpoint = "runs/mini/seed-0/learned/train.safetensors";
  const std::string whole = read_text(checkpoint);
  fs::remove(checkpoint);
  EXPECT_EQ(runs(make("report")), 1);
  EXPECT_EQ(read_text(checkpoint), whole);
}

/// Flipped bits are seen by who reads them, and by the stage itself when it is asked by name.
TEST_F(Chain, WhatIsDamagedIsNamedAndThenMadeAgain) {
  make("report");
  const fs::path checkpoint = "runs/mini/seed-0/learned/train.safetensors";
  const std::string whole = read_text(checkpoint);
  std::string damaged = whole;
  damaged[5] ^= 1;
  write_text(checkpoint, damaged);
  const auto told = make("report SET=ablate.number=2");
  EXPECT_NE(told.status, 0);
  EXPECT_THAT(told.output, AllOf(HasSubstr("train.safetensors is damaged"),
                                 HasSubstr("make train PROFILE=mini")));
  EXPECT_THAT(make("train").output, HasSubstr("damaged: train.safetensors"));
  EXPECT_EQ(read_text(checkpoint), whole);
}

TEST_F(Chain, AProgramThatChangedRunsAgain) {
  make("report");
  fs::remove("build/bin/ablate");
  fs::copy_file(STAND_IN, "build/bin/ablate");
  EXPECT_EQ(runs(make("report")), 0) << "the same bytes";
  write_text("build/bin/ablate", read_text("build/bin/ablate") + "more");
  fs::permissions("build/bin/ablate", fs::perms::owner_all);
  EXPECT_THAT(line_of(make("plan").output, "ablate"), HasSubstr("run: program changed"));
  EXPECT_EQ(runs(make("report")), 1);
}

TEST_F(Chain, OneFailureKeepsWhatFollowsBackAndOthersGoOn) {
  const auto outcome = make("report -k ARMS='learned copy'", "STAND_IN_FAILS=snapshot");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.output, HasSubstr("snapshot: error: asked to fail"));
  EXPECT_TRUE(fs::exists("runs/mini/seed-0/copy/ablate.json"));
  EXPECT_FALSE(fs::exists("runs/mini/seed-0/learned/measure-rank.json"));
  const auto later = make("report ARMS='learned copy'");
  EXPECT_EQ(later.status, 0) << later.output;
  EXPECT_FALSE(later.says("ablate        seed"));
}

TEST_F(Chain, ADryRunPrintsCommandsAndRunsNone) {
  const auto dry = make("-n report");
  EXPECT_EQ(dry.status, 0) << dry.output;
  EXPECT_THAT(dry.output, HasSubstr("build/bin/train --out runs/mini/seed-0/learned "
                                    "runs/mini/manifest/tokenize.json"));
  EXPECT_FALSE(fs::exists("runs/mini/manifest"));
}

TEST_F(Chain, AnyCharacterMayStandInAPath) {
  const fs::path odd = "my 'odd' $text x=y";
  write_text(odd, "first line\n");
  const auto outcome = shell(
      "PATH=$PWD/tools:$PATH CORPUS=\"my 'odd' \\$text x=y\" make report PROFILE=mini RUNS='my "
      "runs é'");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_THAT(read_text("my runs é/mini/settings/tokenize.conf"),
              HasSubstr("corpus.path=" + odd.string()));
  EXPECT_EQ(shell("PATH=$PWD/tools:$PATH make report PROFILE=mini RUNS='my runs é' "
                  "CORPUS='my '\\''odd'\\'' $text x=y'")
                .output,
            "the claims\n");
  fs::create_directories("my");
  EXPECT_NE(make("clean BUILD='my build'").status, 0);
  EXPECT_TRUE(fs::exists("my") && fs::exists("build"));
}

TEST_F(Chain, WhatIsAskedTogetherComesInOrder) {
  script("build/bin/check", "test -e runs/mini/render.json && echo checked");
  const auto outcome = make("-j4 check report");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(outcome.says("checked"));
}

TEST_F(Chain, BadWishesAreOneLineThatSaysWhatThereIs) {
  const std::vector<std::pair<std::string, std::string>> wishes = {
      {"report PROFILE=none", "no profile \"none\" in profiles/; there are: mini"},
      {"report ARMS=lerned", "no arm \"lerned\" in profiles/arms/; there are: copy learned thin16"},
      {"report ARMS=", "ARMS is empty; there are: copy learned thin16"},
      {"report SEEDS=", "whole numbers are expected"},
      {"report SEEDS='0 x'", "SEEDS=\"0 x\": whole numbers are expected"},
      {"report LAUNCH='nosuchthing -n1'", "LAUNCH: there is no program \"nosuchthing\""},
      {"report SET=seeds=3", "seeds is no setting; say SEEDS=\"3\" beside SET"},
      {"report SET=train.numbr=3", "did you mean train.number?"},
      {"trian", "No rule to make target 'trian'"}};
  make("tokenize");  // so that there are settings to lose
  for (const auto& [wish, told] : wishes) {
    const auto outcome = make(wish);
    EXPECT_NE(outcome.status, 0) << wish;
    EXPECT_TRUE(outcome.says(told)) << outcome.output;
    EXPECT_LE(std::ranges::count(outcome.output, '\n'), 2)
        << outcome.output;  // Make's own beside it
  }
}

/// As large as an audit gets: nothing to do is said at once.
TEST_F(Chain, ManyRunsShareTheCoresUnlessToldOtherwise) {
  script("tools/nproc", "echo 2");
  script("build/bin/verdicts", "echo $RC_JOBS side by side");
  const std::string few = "report SEEDS='0 1' ARMS=learned ";
  const std::string many = "report SEEDS='0 1' ARMS='learned copy' ";
  EXPECT_THAT(make(few).output, HasSubstr("1 side by side"));
  EXPECT_THAT(make(many).output, HasSubstr("2 side by side"));
  EXPECT_THAT(make(many + "-j1").output, HasSubstr("1 side by side"));
  EXPECT_THAT(make(many + "-j3").output, HasSubstr("3 side by side"));
}

TEST_F(Chain, ALargeTreeWithNothingToDoIsLeftAlone) {
  std::string arms = "learned copy thin16";
  for (int i = 0; i < 12; ++i) {
    write_text(fmt::format("profiles/arms/arm{}.conf", i), "about = another\n");
    arms += fmt::format(" arm{}", i);
  }
  const std::string grid = "SEEDS='0 1 2' ARMS='" + arms + "'";
  EXPECT_EQ(runs(make("report -j2 " + grid)), all(45));
  EXPECT_EQ(make("report " + grid).output, "the claims\n");
}

}  // namespace
}  // namespace rc
