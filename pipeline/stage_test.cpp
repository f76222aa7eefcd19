// A stage's way from settings and inputs to "cached", with tokenize, train and snapshot of the real
// graph and bodies of a line.
#include "pipeline/stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <future>
#include <stdexcept>

#include "pipeline/artifact.h"
#include "pipeline/dag.h"
#include "pipeline/stage_runner.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Body = std::function<void(Context&)>;

class StageTest : public testing::Test {
 protected:
  StageTest() {
    write_text(program_, "version 1");
    write_text(corpus_, "some text");
  }

  Context context(const char* name, std::vector<std::string> overrides = {}, long seed = 0,
                  const char* arm = "learned") {
    overrides.push_back("corpus.path=" + corpus_.string());
    return {stage(name), Profile::defaults(overrides), folder_ / "runs", seed, arm};
  }

  static Body writes(const char* name, const std::string& text) {
    return [=](Context& c) {
      write_text(c.dir() / name, text);
      c.made(c.dir() / name);
    };
  }

  void run(Context context, const Body& body, bool force = false) {
    testing::internal::CaptureStdout();
    try {
      run_stage(context, program_, force, body);
    } catch (...) {
      said_ = testing::internal::GetCapturedStdout();
      throw;
    }
    said_ = testing::internal::GetCapturedStdout();
  }

  void tokenize(const std::string& text = "ids") {
    run(context("tokenize"), writes("tokens/tokens.safetensors", text), true);
  }

  std::string reason(const Context& context) { return assess(context, program_).reason; }

  TestFolder folder_;
  fs::path program_ = folder_ / "program";
  fs::path corpus_ = folder_ / "corpus.txt";
  fs::path runs_ = folder_ / "runs/defaults";
  std::string said_;
};

TEST_F(StageTest, RunsOnceThenIsCached) {
  EXPECT_EQ(reason(context("tokenize")), "never run");
  run(context("tokenize"), writes("tokens/t", "ids"));
  EXPECT_THAT(said_, HasSubstr("run: never run"));
  EXPECT_TRUE(assess(context("tokenize"), program_).cached);
  run(context("tokenize"), [](Context&) { FAIL() << "ran again"; });
  EXPECT_THAT(said_, HasSubstr("cached"));
}

TEST_F(StageTest, ForceRunsACachedStage) {
  tokenize();
  bool ran = false;
  run(
      context("tokenize"), [&](Context&) { ran = true; }, true);
  EXPECT_TRUE(ran);
}

TEST_F(StageTest, DeclaredSettingsCountOthersDoNot) {
  tokenize();
  EXPECT_TRUE(assess(context("tokenize", {"train.steps=500", "threads=3"}), program_).cached);
  EXPECT_EQ(reason(context("tokenize", {"tokens.vocabulary=512"})),
            "setting tokens.vocabulary: 4096 -> 512");
}

TEST_F(StageTest, ProgramCounts) {
  tokenize();
  write_text(program_, "version 2");
  EXPECT_EQ(reason(context("tokenize")), "program changed");
  fs::remove(program_);
  EXPECT_THAT(user_error([&] { reason(context("tokenize")); }), HasSubstr("not built"));
}

TEST_F(StageTest, FilesFromOutsideCount) {
  tokenize();
  const std::string key = assess(context("tokenize"), program_).key;
  write_text(corpus_, "some Text");
  EXPECT_EQ(reason(context("tokenize")), "input changed: " + corpus_.generic_string());
  EXPECT_NE(assess(context("tokenize"), program_).key, key);
}

TEST_F(StageTest, FilesOfACorpusFolderComeAndGo) {
  fs::remove(corpus_);
  write_text(corpus_ / "a", "x");
  write_text(corpus_ / "b", "y");
  tokenize();
  write_text(corpus_ / "c", "z");
  EXPECT_THAT(reason(context("tokenize")), HasSubstr("new input: "));
  fs::remove(corpus_ / "b");
  fs::remove(corpus_ / "c");
  EXPECT_THAT(reason(context("tokenize")), HasSubstr("input gone: "));
}

TEST_F(StageTest, OutputsAreLookedAt) {
  tokenize();
  write_text(runs_ / "tokens/tokens.safetensors", "IDS");
  EXPECT_EQ(reason(context("tokenize")), "damaged: tokens/tokens.safetensors");
  fs::remove(runs_ / "tokens/tokens.safetensors");
  EXPECT_EQ(reason(context("tokenize")), "missing: tokens/tokens.safetensors");
}

TEST_F(StageTest, DamagedManifestMeansRun) {
  tokenize();
  write_text(runs_ / "manifest/tokenize.json", "{\"stage\": \"tokenize\"}");
  EXPECT_EQ(reason(context("tokenize")), "manifest damaged");
  run(context("tokenize"), writes("tokens/t", "ids"));
  EXPECT_TRUE(assess(context("tokenize"), program_).cached);
}

TEST_F(StageTest, UpstreamMustHaveRun) {
  const auto error = user_error([&] { reason(context("train")); });
  EXPECT_THAT(error, AllOf(HasSubstr("tokenize"), HasSubstr("make tokenize PROFILE=defaults")));
}

TEST_F(StageTest, DamagedInputStopsBeforeTheBody) {
  tokenize();
  write_text(runs_ / "tokens/tokens.safetensors", "IDS");
  bool ran = false;
  const auto error = user_error([&] { run(context("train"), [&](Context&) { ran = true; }); });
  EXPECT_THAT(error, AllOf(HasSubstr("tokens.safetensors is damaged"), HasSubstr("make tokenize")));
  EXPECT_FALSE(ran);
  fs::remove(runs_ / "tokens/tokens.safetensors");
  EXPECT_THAT(user_error([&] { run(context("train"), [](Context&) {}); }), HasSubstr("missing"));
}

TEST_F(StageTest, CascadeStopsWhereBytesAreUnchanged) {
  tokenize("ids");
  run(context("train"), writes("train.json", "{}"));
  tokenize("ids");
  EXPECT_TRUE(assess(context("train"), program_).cached);
  tokenize("other ids");
  EXPECT_EQ(reason(context("train")), "input changed: tokens/tokens.safetensors");
}

TEST_F(StageTest, RunsOfSeedsAndArmsAreApart) {
  tokenize();
  run(context("train", {}, 1, "copy"), writes("train.json", "{}"));
  EXPECT_TRUE(fs::exists(runs_ / "seed-1/copy/train.json"));
  EXPECT_EQ(reason(context("train", {}, 0, "copy")), "never run");
  EXPECT_NE(assess(context("train", {}, 0, "copy"), program_).key,
            assess(context("train", {}, 1, "copy"), program_).key);
}

TEST_F(StageTest, ProfileStageReadsEverySeedAndArm) {
  tokenize();
  const std::vector<std::string> runs = {"seeds=0 1", "arms=learned copy"};
  for (const long seed : {0, 1})
    for (const char* arm : {"learned", "copy"})
      run(context("train", {}, seed, arm), writes("train.json", "{}"));
  EXPECT_THAT(context("figure-loss", runs).outputs_of({"train", ".json"}),
              ElementsAre(runs_ / "seed-0/copy/train.json", runs_ / "seed-0/learned/train.json",
                          runs_ / "seed-1/copy/train.json", runs_ / "seed-1/learned/train.json"));
  EXPECT_EQ(context("figure-loss").output_of("train", ".json"),
            runs_ / "seed-0/learned/train.json");
  EXPECT_NE(user_error([&] { context("figure-loss", runs).output_of("train", ".json"); }), "");
}

TEST_F(StageTest, SuffixSelectsOutputs) {
  tokenize();
  run(context("train"), [&](Context& c) {
    writes("checkpoints/step-000002.safetensors", "b")(c);
    writes("checkpoints/step-000001.safetensors", "a")(c);
    writes("train.json", "{}")(c);
  });
  EXPECT_THAT(context("snapshot").outputs_of({"train", ".safetensors"}),
              ElementsAre(runs_ / "seed-0/learned/checkpoints/step-000001.safetensors",
                          runs_ / "seed-0/learned/checkpoints/step-000002.safetensors"));
}

TEST_F(StageTest, ReadingWhatIsNotDeclaredIsOurMistake) {
  tokenize();
  const Context train = context("train");
  EXPECT_THROW(train.settings().integer("ablate.sequences"), std::logic_error);
  EXPECT_THROW(train.outputs_of({"tokenize", ".json"}), std::logic_error);
  EXPECT_THROW(train.outputs_of({"snapshot", ".safetensors"}), std::logic_error);
  EXPECT_NO_THROW(train.outputs_of({"tokenize", "tokens.safetensors"}));
}

TEST_F(StageTest, OutputsNoLongerMadeGoAway) {
  run(context("tokenize"), [](Context& c) {
    writes("a", "1")(c);
    writes("b", "2")(c);
  });
  run(context("tokenize"), writes("b", "2"), true);
  EXPECT_FALSE(fs::exists(runs_ / "a"));
  EXPECT_TRUE(fs::exists(runs_ / "b"));
}

TEST_F(StageTest, FailureKeepsTheManifestBehind) {
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

TEST_F(StageTest, OutputsLieInTheStagesFolder) {
  EXPECT_THROW(run(context("tokenize"), [&](Context& c) { c.made(corpus_); }), std::logic_error);
}

TEST_F(StageTest, ManifestTellsWhatHappened) {
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

TEST_F(StageTest, StaleTemporariesGoLivingOnesStay) {
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
TEST_F(StageTest, DeathInsideAWriteLeavesNoHalfFile) {
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

TEST_F(StageTest, SecondExecutionWaitsAndFindsTheResult) {
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
