// The real Makefile over stages that only pretend to work.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"
#include "tests/shell.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kFigures = {"loss",           "arm_losses",         "spectra",
                                           "gamma_heatmap",  "surgery_impact",     "surgery_orders",
                                           "effective_rank", "difficulty_deciles", "kernel_speedup",
                                           "low_rank"};
constexpr int kOnce = 4, kEach = 7;  // stages once a profile, and for every seed and arm

class Chain : public testing::Test {
 protected:
  Chain() {
    write_text("corpus.txt", "first line\nsecond line\n");
    write_text("profiles/mini.conf", "seeds = 0\narms = learned\n");
    for (const char* arm : {"learned", "copy", "thin16"})
      write_text(fmt::format("profiles/arms/{}.conf", arm), "about = one of them\n");
    write_text("paper/templates/paper.md", "text");
    write_text("paper/originals.json", "{}");
    fs::copy_file(fs::path(RC_SOURCE) / "Makefile", "Makefile");
    fs::create_directories("build/bin");
    write_text("build/build.ninja", "");
    for (const char* program : {"prepare", "plan"})
      fs::create_symlink(fs::path(RC_BIN) / program, fs::path("build/bin") / program);
    script("build/bin/environment", "[ -e $2 ] || echo '{}' > $2; echo asked >> asked");
    script("build/bin/verdicts", "echo the claims");
    script("tools/cmake", "exit 0");
    for (const std::string stage :
         {"tokenize", "train", "snapshot", "measure-rank", "ablate", "low-rank", "heal",
          "correlate", "time-kernels", "collect", "render"})
      stand_in(stage);
    for (const auto& figure : kFigures) {
      write_text("figures/" + figure + ".cpp", "");
      stand_in("figure-" + figure);
    }
  }

  static void script(const fs::path& file, const std::string& text) {
    write_text(file, "#!/bin/sh\n" + text + "\n");
    fs::permissions(file, fs::perms::owner_all);
  }

  static void stand_in(const std::string& stage) {
    const fs::path program = fs::path("build/bin") / stage;
    fs::create_symlink(STAND_IN, program);
    const auto described =
        shell(fmt::format("{} --describe build/descriptions/{}.json", program.string(), stage));
    ASSERT_EQ(described.status, 0) << described.output;
  }

  Outcome make(const std::string& words, const std::string& environment = "") {
    return shell(fmt::format("{} PATH=$PWD/tools:$PATH make PROFILE=mini {}", environment, words));
  }

  /// How many stages say that they run.
  static long runs(const Outcome& outcome) {
    std::istringstream lines(outcome.output);
    long count = 0;
    for (std::string line; std::getline(lines, line);)
      count += line.find(" run: ") != line.npos || line.find("  run:") != line.npos;
    return count;
  }

  static long all(long runs_of_seeds_and_arms = 1) {
    return kOnce + static_cast<long>(kFigures.size()) + kEach * runs_of_seeds_and_arms;
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
};

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

// Results of a cluster: more seeds of one arm than of the other, and made by other settings.
TEST_F(Chain, FromCollectTakesWhatLies) {
  ASSERT_EQ(make("report SEEDS='0 1' ARMS='learned copy'").status, 0);
  fs::remove_all("runs/mini/seed-1/copy");
  const auto taken = make("report FROM=collect SET=train.number=2");
  EXPECT_EQ(taken.status, 0) << taken.output;
  EXPECT_TRUE(taken.says("collect")) << taken.output;
  EXPECT_FALSE(taken.says("train ")) << taken.output;
  EXPECT_FALSE(fs::exists("runs/mini/seed-1/copy"));
  const auto inputs = read_json("runs/mini/manifest/collect.json").at("inputs").dump();
  EXPECT_THAT(inputs, AllOf(HasSubstr("seed-1/learned"), HasSubstr("seed-0/copy"),
                            Not(HasSubstr("seed-1/copy"))));
  EXPECT_EQ(make("report FROM=collect").output, "the claims\n");
  EXPECT_TRUE(
      make("report FROM=ablate").says("FROM=ablate: the one stage to begin from is collect"));
  fs::remove_all("runs/mini");
  EXPECT_TRUE(make("report FROM=collect").says("no training lies in runs/mini/seed-*/*/"));
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

TEST_F(Chain, APrefixStandsBeforeEveryStage) {
  script("tools/launcher", "echo launched $2 >> launches; shift; exec \"$@\"");
  const auto outcome = make("report LAUNCH='launcher -x'");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  const auto launches = read_text("launches");
  EXPECT_EQ(std::count(launches.begin(), launches.end(), '\n'), all());
  EXPECT_THAT(launches, HasSubstr("launched build/bin/train"));
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

/// Their runs are reached through links that lie side by side in it.
TEST_F(Chain, TwoCheckoutsMayShareABuildAndNameTheirRunsAlike) {
  fs::create_directories("other");
  for (const char* part : {"Makefile", "profiles", "paper", "figures", "corpus.txt"})
    fs::create_symlink(fs::path("..") / part, fs::path("other") / part);
  make("tokenize RUNS='my runs'");
  const auto other = make("tokenize -C other RUNS='my runs' BUILD=$PWD/build");
  EXPECT_TRUE(other.says("tokenize")) << other.output;
  EXPECT_TRUE(fs::exists("other/my runs/mini/manifest/tokenize.json"));
  const auto links = shell("readlink build/runs-*").output;
  EXPECT_THAT(links, AllOf(HasSubstr(fs::absolute("my runs").string() + "\n"),
                           HasSubstr(fs::absolute("other/my runs").string() + "\n")));
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

/// Two hosts, or a container beside its host: process numbers of one mean nothing to the other.
TEST_F(Chain, TwoHostsOnOneFolderLoseNothingAndDoNothingTwice) {
  const std::string host =
      "PATH=$PWD/tools:$PATH STAND_IN_SLOW=1 unshare --map-root-user --pid --fork --mount-proc "
      "make report PROFILE=mini -j2 SEEDS='0 1' ";
  const auto both =
      shell(host + "> a.log 2>&1 & " + host + "> b.log 2>&1; b=$?; wait $! && exit $b");
  const auto a = read_text("a.log"), b = read_text("b.log");
  ASSERT_EQ(both.status, 0) << a << "\n----\n" << b;
  EXPECT_EQ(runs({0, a}) + runs({0, b}), all(2)) << a << "\n----\n" << b;
  EXPECT_THAT(a + b, HasSubstr("waiting for another run of")) << "they never met";
  make("report RUNS=alone SEEDS='0 1'");
  for (const char* file : {"collect.json", "seed-1/learned/ablate.safetensors", "render.json"})
    EXPECT_EQ(read_text(fs::path("runs/mini") / file), read_text(fs::path("alone/mini") / file));
  EXPECT_EQ(shell("find runs -name '.*.tmp-*'").output, "");
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

/// Of the stages of a run those that need no training, once, in a folder of the checkpoint's name.
class ChainOfACheckpoint : public Chain {
 protected:
  ChainOfACheckpoint() {
    write_text("profiles/model.conf", "seeds = 0\narms = learned\n");
    write_text("some model/config.json", "{}");
    write_text("some model/model.safetensors", "weights");
    write_text("some model/README.md", "no part of it");
    write_text("text", "what it is measured on\n");
    stand_in("audit-model");
    script("build/bin/encode-text", "exit 0");
    for (const char* figure : {"layer_correlation", "correlation_by_distance", "gain_wavelength"}) {
      write_text(fmt::format("figures/{}.cpp", figure), "");
      stand_in(fmt::format("figure-{}", figure));
    }
  }
  Outcome audit(const std::string& words) {
    return shell("PATH=$PWD/tools:$PATH make audit-model " + words);
  }
};

TEST_F(ChainOfACheckpoint, RunsTheStagesThatNeedNoTraining) {
  const auto first = audit("MODEL='some model' TEXT=text BUDGET=7");
  ASSERT_EQ(first.status, 0) << first.output;
  EXPECT_TRUE(fs::exists("runs/model-some_model/render.json"));
  EXPECT_TRUE(fs::exists("runs/model-some_model/seed-0/learned/audit-model.json"));
  EXPECT_FALSE(fs::exists("runs/model-some_model/seed-0/learned/train.json"));
  EXPECT_THAT(read_text("runs/model-some_model/settings/audit.model.list"),
              testing::StrEq("some model/config.json\nsome model/model.safetensors\n"));
  EXPECT_THAT(read_text("runs/model-some_model/seed-0/learned/settings/audit-model.conf"),
              HasSubstr("audit.minutes=7\n"));
  EXPECT_THAT(audit("MODEL='some model' TEXT=text BUDGET=7").output, Not(HasSubstr("run:")));
  write_text("some model/model.safetensors", "other weights");
  const auto other = audit("MODEL='some model' TEXT=text BUDGET=7").output;
  EXPECT_THAT(other, AllOf(HasSubstr("audit-model"), HasSubstr("some model/model.safetensors")));
}

TEST_F(ChainOfACheckpoint, TokenizesAnewWhereTheTokenizerChanged) {
  audit("MODEL='some model' TEXT=text");
  script("build/bin/encode-text", "exit 0 # another");
  EXPECT_THAT(audit("MODEL='some model' TEXT=text").output, HasSubstr("build/bin/encode-text"));
}

TEST_F(ChainOfACheckpoint, NeverWritesOverTheAuditOfAnotherFolderOfThatName) {
  ASSERT_EQ(audit("MODEL='some model' TEXT=text").status, 0);
  EXPECT_EQ(audit("MODEL=\"$PWD/some model\" TEXT=text").status, 0) << "the same folder";
  fs::create_directories("below");
  fs::copy("some model", "below/some model");
  const auto outcome = audit("MODEL='below/some model' TEXT=text");
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.output, HasSubstr("another checkpoint of that name; move it, or give RUNS="));
  EXPECT_EQ(audit("MODEL='below/some model' TEXT=text RUNS=elsewhere").status, 0);
}

TEST_F(ChainOfACheckpoint, SaysHowToMakeGoodWhatIsDamaged) {
  ASSERT_EQ(audit("MODEL='some model' TEXT=text").status, 0);
  const fs::path file = "runs/model-some_model/seed-0/learned/audit-model.safetensors";
  auto damaged = read_text(file);
  damaged[5] ^= 1;
  write_text(file, damaged);
  const auto told = shell(
      "PATH=$PWD/tools:$PATH make measure-rank MODEL='some model' TEXT=text "
      "SET=measure-rank.number=2");
  EXPECT_NE(told.status, 0);
  EXPECT_THAT(told.output, HasSubstr("make audit-model, with the MODEL and the TEXT"));
  EXPECT_THAT(audit("MODEL='some model' TEXT=text").output, HasSubstr("damaged: audit-model"));
}

TEST_F(ChainOfACheckpoint, SaysWhatIsMissing) {
  for (const auto& [words, complaint] :
       {std::pair{"", "which model?"},
        {"MODEL='some model'", "what shall it be measured on?"},
        {"MODEL='some model' TEXT=text IDS=ids.json", "one of them is expected"},
        {"MODEL='some model' TEXT=text SEEDS='0 1'", "has no SEEDS and no ARMS"},
        {"train MODEL='some model' TEXT=text", "its stages are audit-model measure-rank"},
        {"MODEL=nowhere TEXT=text", "nowhere is no folder"}}) {
    const auto outcome = audit(words);
    EXPECT_NE(outcome.status, 0) << words;
    EXPECT_THAT(outcome.output, HasSubstr(complaint)) << words;
  }
}

}  // namespace
}  // namespace rc
