// The driver as a process, over stages that only pretend to work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <sstream>

#include "pipeline/dag.h"
#include "pipeline/files/artifact.h"
#include "pipeline/launch.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DriverTest : public testing::Test {
 protected:
  DriverTest() {
    write_text("corpus.txt", "first line\nsecond line\n");
    write_text("profiles/mini.conf", "corpus.path = corpus.txt\n");
    write_text("paper/templates/paper.md", "text");
    write_text("paper/originals.json", "{}");
    fs::create_directory("bin");
    fs::copy_file(RANK_COLLAPSE, "bin/rank-collapse");
    for (const StageSpec& spec : dag()) fs::create_symlink(STAND_IN, "bin/" + spec.name);
  }

  /// Runs the driver; returns stdout and stderr and keeps the status.
  std::string call(const std::string& words, const std::string& environment = "") {
    const std::string command = environment + " bin/rank-collapse " + words + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe))
      text.append(piece.data(), got);
    status_ = WEXITSTATUS(::pclose(pipe));
    return text;
  }

  std::string run(const std::string& more = "", const std::string& environment = "") {
    return call("run report --profile mini " + more, environment);
  }
  std::string plan(const std::string& more = "") { return call("plan --profile mini " + more); }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
  int status_ = -1;
};

/// The line of `text` that starts with `stage`.
std::string line_of(const std::string& text, const std::string& stage) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(stage + " ")) return line;
  return "";
}

TEST_F(DriverTest, RunsEverythingOnceThenNothing) {
  EXPECT_THAT(run(), HasSubstr("stages run: 20, up to date: 0"));
  EXPECT_EQ(status_, 0);
  EXPECT_TRUE(fs::exists("runs/mini/seed-0/learned/train.safetensors"));
  EXPECT_EQ(run(), "everything is up to date (20 stages)\n");
}

TEST_F(DriverTest, RunsOnlyWhatIsNeeded) {
  EXPECT_THAT(call("run train --profile mini"), HasSubstr("stages run: 2,"));
  EXPECT_THAT(call("run figures --profile mini"), HasSubstr("stages run: 16, up to date: 2"));
}

TEST_F(DriverTest, PlanChangesNothing) {
  const std::string text = plan();
  EXPECT_THAT(line_of(text, "tokenize"), HasSubstr("run: never run"));
  EXPECT_THAT(text, HasSubstr("stages to run: 20, up to date: 0"));
  EXPECT_FALSE(fs::exists("runs"));
}

TEST_F(DriverTest, PlanTellsWhatASettingTouches) {
  run();
  const std::string text = plan("--set rank.null_draws=9");
  EXPECT_THAT(line_of(text, "train"), HasSubstr("cached"));
  EXPECT_THAT(line_of(text, "measure-rank"), HasSubstr("run: setting rank.null_draws: 4 -> 9"));
  EXPECT_THAT(line_of(text, "collect"), HasSubstr("run: after measure-rank"));
  EXPECT_THAT(line_of(text, "render"), HasSubstr("run: after collect"));
  EXPECT_THAT(line_of(text, "correlate"), HasSubstr("cached"));
  EXPECT_THAT(text, HasSubstr("stages to run: 5, up to date: 15"));
  EXPECT_THAT(run("--set rank.null_draws=9"), HasSubstr("stages run: 5, up to date: 15"));
}

TEST_F(DriverTest, CascadeStopsWhereBytesAreUnchanged) {
  run();
  write_text("corpus.txt", "first line\nanother line\n");
  EXPECT_THAT(run(), HasSubstr("stages run: 1, up to date: 19"));
  write_text("corpus.txt", "another first line\n");
  EXPECT_THAT(run(), HasSubstr("stages run: 18, up to date: 2"));  // all but the kernels
}

TEST_F(DriverTest, DamagedOutputsAreRemade) {
  run();
  const fs::path checkpoint = "runs/mini/seed-0/learned/train.safetensors";
  const std::string whole = read_text(checkpoint);
  write_text(checkpoint, whole.substr(1));
  const std::string text = run();
  EXPECT_THAT(text, AllOf(HasSubstr("damaged: train.safetensors"), HasSubstr("stages run: 1,")));
  EXPECT_EQ(read_text(checkpoint), whole);
}

TEST_F(DriverTest, ChangedProgramRunsAgain) {
  run();
  fs::remove("bin/ablate");
  fs::copy_file(STAND_IN, "bin/ablate");
  EXPECT_THAT(run(), HasSubstr("everything is up to date"));
  write_text("bin/ablate", read_text("bin/ablate") + "more");
  fs::permissions("bin/ablate", fs::perms::owner_all);
  EXPECT_THAT(line_of(plan(), "ablate"), HasSubstr("run: program changed"));
  EXPECT_THAT(run(), HasSubstr("stages run: 1,"));
}

TEST_F(DriverTest, SeedsAndArmsMultiplyRuns) {
  const std::string grid = "--seeds '0 1' --arms 'learned copy'";
  EXPECT_THAT(run(grid), HasSubstr("stages run: 35,"));  // 5 stages of run scope, 4 times
  EXPECT_TRUE(fs::exists("runs/mini/seed-1/copy/manifest/correlate.json"));
  EXPECT_THAT(plan(grid), HasSubstr("seed 1, copy"));
  EXPECT_THAT(line_of(plan("--seeds 0"), "collect"), HasSubstr("run: setting arms"));
}

TEST_F(DriverTest, StopsAtTheFirstFailureAndGoesOnLater) {
  const std::string text = run("", "STAND_IN_FAILS=snapshot");
  EXPECT_EQ(status_, 1);
  EXPECT_THAT(text, HasSubstr("snapshot: error: asked to fail"));
  EXPECT_FALSE(fs::exists("runs/mini/seed-0/learned/rank.json"));
  EXPECT_THAT(run(), HasSubstr("stages run: 17, up to date: 3"));
}

TEST_F(DriverTest, TellsOfASignal) {
  const std::string text = run("", "STAND_IN_DIES=train");
  EXPECT_EQ(status_, 128 + SIGTERM);
  EXPECT_THAT(text, HasSubstr("train was stopped by signal 15"));
}

TEST_F(DriverTest, MissingProgramSaysBuild) {
  fs::remove("bin/ablate");
  EXPECT_THAT(run(), HasSubstr("ablate is not built; build it with: make"));
  EXPECT_EQ(status_, 1);
}

TEST_F(DriverTest, ErrorsAreOneLine) {
  for (const char* words :
       {"", "run", "walk", "run trian", "plan --profil mini", "plan --set x=1"}) {
    const std::string text = call(words);
    EXPECT_EQ(status_, 1) << words;
    EXPECT_THAT(text, testing::StartsWith("rank-collapse: error: "));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  }
  EXPECT_THAT(call("run trian"), HasSubstr("did you mean train?"));
}

TEST_F(DriverTest, TextsFitEightyColumns) {
  for (const char* words : {"--help", "dag", "plan --profile mini"}) {
    std::istringstream lines(call(words));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(Launch, ReturnsTheStatus) {
  EXPECT_EQ(launch("/bin/sh", {"-c", "exit 7"}), 7);
  EXPECT_EQ(launch("/bin/sh", {"-c", "kill -INT $$"}), 128 + SIGINT);
  EXPECT_THAT(user_error([] { launch("/no/such/program", {}); }), HasSubstr("/no/such/program"));
}

}  // namespace
}  // namespace rc
