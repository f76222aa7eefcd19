// What an execution leaves behind, be it cut off or doubled.
#include "pipeline/stage/stage_runner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "pipeline/files/file.h"
#include "pipeline/stage/stage_fixture.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class StageRunnerTest : public StageTest {};

TEST_F(StageRunnerTest, ForceRunsACachedStage) {
  run_cut();
  bool ran = false;
  run(
      cut(), [&](Context&) { ran = true; }, true);
  EXPECT_TRUE(ran);
}

TEST_F(StageRunnerTest, OutputsNoLongerMadeGoAway) {
  run(cut(), [](Context& c) {
    writes("a", "1")(c);
    writes("b", "2")(c);
  });
  run(cut(), writes("b", "2"), true);
  EXPECT_FALSE(fs::exists(runs_ / "a"));
  EXPECT_TRUE(fs::exists(runs_ / "b"));
}

TEST_F(StageRunnerTest, FailureKeepsTheManifestBehind) {
  run_cut();
  const auto fail = [](Context& c) {
    writes("tokens/a.ids", "half")(c);
    throw UserError("stopped");
  };
  const auto changed = cut({"cut.pieces=512"});
  EXPECT_EQ(user_error([&] { run(changed, fail); }), "stopped");
  EXPECT_EQ(reason(changed), "setting cut.pieces: 4096 -> 512");
  EXPECT_EQ(reason(cut()), "damaged: tokens/a.ids");
}

TEST_F(StageRunnerTest, AFileThatChangesWhileItIsReadIsNamedAndNothingIsRecorded) {
  const auto read_while_written = [&](Context& c) {
    writes("tokens/a.ids", "of the old text")(c);
    write_text(corpus_, "new text");
  };
  EXPECT_THAT(user_error([&] { run(cut(), read_while_written); }),
              AllOf(HasSubstr(corpus_.string()), HasSubstr("changed while cut read it")));
  EXPECT_FALSE(fs::exists(cut_manifest()));
  run(cut(), writes("tokens/a.ids", "of the new text"));
  EXPECT_TRUE(look(cut()).current);
}

TEST_F(StageRunnerTest, OutputsLieInTheStagesFolder) {
  EXPECT_THROW(run(cut(), [&](Context& c) { c.made(corpus_); }), std::logic_error);
}

TEST_F(StageRunnerTest, ManifestTellsWhatHappened) {
  run_cut();
  run(learn({"learn.steps=8"}), [](Context& c) {
    writes("w.json", "{}")(c);
    c.facts["threads"] = 2;
  });
  const auto manifest = read_json(learn_manifest(0, "learned"));
  EXPECT_EQ(manifest["stage"], "learn");
  EXPECT_EQ(manifest["settings"]["learn.steps"], "8");
  EXPECT_FALSE(manifest["settings"].contains("cut.pieces"));
  EXPECT_EQ(manifest["environment"]["device"], "cpu");
  EXPECT_EQ(manifest["environment"]["library"], "1");
  EXPECT_EQ(manifest["seed"], 0);
  EXPECT_EQ(manifest["arm"], "learned");
  EXPECT_EQ(manifest["facts"]["threads"], 2);
  EXPECT_EQ(manifest["inputs"][0]["path"], "tokens/a.ids");
  EXPECT_EQ(manifest["inputs"][0]["sha256"], sha256_hex("ids"));
  EXPECT_EQ(manifest["outputs"][0]["path"], "w.json");
  EXPECT_EQ(manifest["outputs"][0]["sha256"], sha256_hex("{}"));
  EXPECT_EQ(manifest["outputs"][0]["bytes"], 2);
  for (const char* fact : {"key", "program", "git_revision", "compiler", "cpu", "host", "finished"})
    EXPECT_NE(manifest[fact].get<std::string>(), "") << fact;
}

/// Make goes by time: a stage that looked and found nothing to do makes its manifest young.
TEST_F(StageRunnerTest, CachedMakesTheManifestYoung) {
  run_cut();
  const auto long_ago = fs::last_write_time(cut_manifest()) - std::chrono::hours(1);
  fs::last_write_time(cut_manifest(), long_ago);
  run(cut(), [](Context&) { FAIL() << "ran again"; });
  EXPECT_GT(fs::last_write_time(cut_manifest()), long_ago);
}

/// A file being written is locked by its writer, of whatever host; one that nobody holds is litter.
TEST_F(StageRunnerTest, AbandonedTemporariesGoOthersStay) {
  const fs::path abandoned = runs_ / "tokens/.t.tmp-elsewhere-abc123";
  write_text(abandoned, "half");
  write_text(runs_ / "tokens/t.tmp-1x", "no temporary");
  fs::path written;
  write_atomically(runs_ / "tokens/big", [&](const fs::path& temporary) {
    written = temporary;
    File::create(temporary).replace("half");
    run_cut();  // another stage starts meanwhile
    EXPECT_TRUE(fs::exists(temporary));
  });
  EXPECT_FALSE(fs::exists(abandoned));
  EXPECT_FALSE(fs::exists(written));
  EXPECT_EQ(read_text(runs_ / "tokens/big"), "half");
  EXPECT_TRUE(fs::exists(runs_ / "tokens/t.tmp-1x"));
}

/// A process that dies inside a write leaves the old file; the next run starts clean.
TEST_F(StageRunnerTest, DeathInsideAWriteLeavesNoHalfFile) {
  run_cut("old");
  const pid_t child = ::fork();
  if (child == 0) {
    write_atomically(runs_ / "tokens/a.ids", [](const fs::path& temporary) {
      File::create(temporary).replace("half");
      ::raise(SIGKILL);
    });
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(read_text(runs_ / "tokens/a.ids"), "old");
  EXPECT_TRUE(look(cut()).current);
  run_cut("new");
  const fs::directory_iterator files(runs_ / "tokens");
  EXPECT_EQ(std::distance(files, fs::directory_iterator()), 1);
}

/// Runs `body` in a run of stage cut while another one of it, started first, is still at work.
void two_at_once(const std::function<void()>& first, const std::function<void()>& second,
                 std::future<void> inside) {
  auto running = std::async(std::launch::async, first);
  inside.wait();
  second();
  running.get();
}

TEST_F(StageRunnerTest, SecondExecutionWaitsAndFindsTheResult) {
  std::promise<void> inside;
  std::atomic<int> runs = 0;
  const auto body = [&](Context& c) {
    if (runs++ == 0) inside.set_value();
    ::usleep(100'000);  // time in which an unlocked second execution would start
    writes("tokens/t", "ids")(c);
  };
  const auto execute = [&] {
    Context c = cut();
    run_stage(c, program_, false, body);
  };
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  two_at_once(execute, execute, inside.get_future());
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("cached"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("another run of cut (process "));
}

/// A stage that times waits until the others are done.
TEST_F(StageRunnerTest, OneThatTimesRunsAlone) {
  std::promise<void> inside;
  std::atomic<bool> working = false;
  run_cut();
  ::setenv("RC_RUN", runs_.c_str(), 1);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  StageSpec timing{.name = "time", .summary = "", .writes = "", .alone = true};
  two_at_once(
      [&] {
        Context c = learn();
        run_stage(c, program_, false, [&](Context&) {
          working = true;
          inside.set_value();
          ::usleep(100'000);
          working = false;
        });
      },
      [&] {
        Context c(timing, Settings(all_tables(timing)), runs_, {});
        run_stage(c, program_, false, [&](Context&) { EXPECT_FALSE(working); });
      },
      inside.get_future());
  ::unsetenv("RC_RUN");
  testing::internal::GetCapturedStdout();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("the other stages on this machine"));
}

}  // namespace
}  // namespace rc
