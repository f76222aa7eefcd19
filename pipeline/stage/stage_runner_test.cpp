// What an execution leaves behind, be it cut off or doubled.
#include "pipeline/stage/stage_runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "pipeline/stage/stage_fixture.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StageRunnerTest : public StageTest {};

TEST_F(StageRunnerTest, ForceRunsACachedStage) {
  tokenize();
  bool ran = false;
  run(
      context("tokenize"), [&](Context&) { ran = true; }, true);
  EXPECT_TRUE(ran);
}

TEST_F(StageRunnerTest, OutputsNoLongerMadeGoAway) {
  run(context("tokenize"), [](Context& c) {
    writes("a", "1")(c);
    writes("b", "2")(c);
  });
  run(context("tokenize"), writes("b", "2"), true);
  EXPECT_FALSE(fs::exists(runs_ / "a"));
  EXPECT_TRUE(fs::exists(runs_ / "b"));
}

TEST_F(StageRunnerTest, FailureKeepsTheManifestBehind) {
  tokenize();
  const auto fail = [](Context& c) {
    writes("tokens/tokens.safetensors", "half")(c);
    throw UserError("stopped");
  };
  const auto changed = context("tokenize", {"tokens.vocabulary=512"});
  EXPECT_EQ(user_error([&] { run(changed, fail); }), "stopped");
  EXPECT_EQ(reason(changed), "setting tokens.vocabulary: 4096 -> 512");
  EXPECT_EQ(reason(context("tokenize")), "damaged: tokens/tokens.safetensors");
}

TEST_F(StageRunnerTest, OutputsLieInTheStagesFolder) {
  EXPECT_THROW(run(context("tokenize"), [&](Context& c) { c.made(corpus_); }), std::logic_error);
}

TEST_F(StageRunnerTest, ManifestTellsWhatHappened) {
  tokenize();
  run(context("train", {"train.steps=8"}), [](Context& c) {
    writes("train.json", "{}")(c);
    c.facts["device"] = "cpu";
  });
  const auto manifest = read_json(runs_ / "seed-0/learned/manifest/train.json");
  EXPECT_EQ(manifest["stage"], "train");
  EXPECT_EQ(manifest["settings"]["train.steps"], "8");
  EXPECT_FALSE(manifest["settings"].contains("tokens.vocabulary"));
  EXPECT_EQ(manifest["seed"], 0);
  EXPECT_EQ(manifest["arm"], "learned");
  EXPECT_EQ(manifest["facts"]["device"], "cpu");
  EXPECT_EQ(manifest["inputs"][0]["path"], "tokens/tokens.safetensors");
  EXPECT_EQ(manifest["inputs"][0]["sha256"], sha256_hex("ids"));
  EXPECT_EQ(manifest["outputs"][0]["path"], "train.json");
  EXPECT_EQ(manifest["outputs"][0]["sha256"], sha256_hex("{}"));
  EXPECT_EQ(manifest["outputs"][0]["bytes"], 2);
  for (const char* fact : {"key", "program", "git_revision", "compiler", "cpu", "finished"})
    EXPECT_NE(manifest[fact].get<std::string>(), "") << fact;
}

TEST_F(StageRunnerTest, StaleTemporariesGoLivingOnesStay) {
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  ::waitpid(dead, nullptr, 0);
  const fs::path stale = runs_ / ("tokens/.t.tmp-" + std::to_string(dead));
  const fs::path living = runs_ / ("tokens/.t.tmp-" + std::to_string(::getppid()));
  write_text(stale, "half");
  write_text(living, "half");
  write_text(runs_ / "tokens/t.tmp-1x", "no temporary");
  tokenize();
  EXPECT_FALSE(fs::exists(stale));
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::exists(runs_ / "tokens/t.tmp-1x"));
}

/// A process that dies inside a write leaves the old file; the next run starts clean.
TEST_F(StageRunnerTest, DeathInsideAWriteLeavesNoHalfFile) {
  tokenize("old");
  const pid_t child = ::fork();
  if (child == 0) {
    write_atomically(runs_ / "tokens/tokens.safetensors", [](const fs::path& temporary) {
      write_text(temporary, "half");
      ::raise(SIGKILL);
    });
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(read_text(runs_ / "tokens/tokens.safetensors"), "old");
  EXPECT_TRUE(assess(context("tokenize"), program_).cached);
  tokenize("new");
  const fs::directory_iterator files(runs_ / "tokens");
  EXPECT_EQ(std::distance(files, fs::directory_iterator()), 1);
}

TEST_F(StageRunnerTest, SecondExecutionWaitsAndFindsTheResult) {
  std::promise<void> inside;
  std::atomic<int> runs = 0;
  const auto body = [&](Context& c) {
    if (runs++ == 0) inside.set_value();
    ::usleep(100'000);  // time in which an unlocked second execution would start
    writes("tokens/t", "ids")(c);
  };
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto first = std::async(std::launch::async, [&] {
    Context c = context("tokenize");
    run_stage(c, program_, false, body);
  });
  inside.get_future().wait();
  Context c = context("tokenize");
  run_stage(c, program_, false, body);
  first.get();
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("cached"));
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace rc
