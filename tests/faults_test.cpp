// The real programs on a tiny model: what reruns, what does not, and what bad input is told.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "pipeline/files/artifact.h"
#include "pipeline/files/hash.h"

namespace {

namespace fs = std::filesystem;

struct Outcome {
  int status = 0;
  std::string output;  // both streams
  bool says(const std::string& words) const { return output.find(words) != std::string::npos; }
};

Outcome shell(const std::string& command) {
  Outcome outcome;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (const auto n = fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.output.append(buffer.data(), n);
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return outcome;
}

const char* const kTiny =
    "corpus.megabytes=0.5 tokens.sample_megabytes=0.2 tokens.vocabulary=512 model.layers=3 "
    "model.d_model=32 model.d_ff=48 model.d_k=16 model.context=32 train.steps=12 train.batch=2 "
    "train.validation_sequences=4 snapshot.sequences=2 rank.null_draws=1 rank.bootstrap=20 "
    "ablate.sequences=2 ablate.random_draws=2 ablate.step_percent=50 ablate.bootstrap=20 "
    "correlate.permutations=99 threads=1";

/// One folder of results that the tests below share; each leaves it whole.
class Programs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    runs_ = fs::path(testing::TempDir()) / fmt::format("rank-collapse-runs-{}", getpid());
    const auto outcome = drive("run ablate correlate measure-rank");
    ASSERT_EQ(outcome.status, 0) << outcome.output;
  }
  static void TearDownTestSuite() { fs::remove_all(runs_); }

  static Outcome drive(const std::string& what, const std::string& more = "") {
    return shell(fmt::format("{}/rank-collapse {} --profile smoke --runs {} --set '{} {}'", RC_BIN,
                             what, runs_.string(), kTiny, more));
  }
  /// A stage by hand.
  static Outcome stage(const std::string& name, const std::string& more) {
    return shell(fmt::format("{}/{} --profile smoke --runs {} --set '{} {}'", RC_BIN, name,
                             runs_.string(), kTiny, more));
  }
  static fs::path run_dir() { return runs_ / "smoke/seed-0/learned"; }
  static fs::path checkpoint(int step) {
    return run_dir() / "checkpoints" / fmt::format("step-{:06}.safetensors", step);
  }

  static inline fs::path runs_;
};

/// Exit status 1, one line, and the words that help.
void expect_told(const Outcome& outcome, const std::vector<std::string>& words) {
  EXPECT_NE(outcome.status, 0) << outcome.output;
  EXPECT_TRUE(outcome.says("error: ")) << outcome.output;
  for (const auto& word : words) EXPECT_TRUE(outcome.says(word)) << word << "\n" << outcome.output;
}

TEST_F(Programs, ASecondRunHasNothingToDo) {
  const auto again = drive("run ablate correlate measure-rank");
  EXPECT_EQ(again.status, 0);
  EXPECT_TRUE(again.says("up to date")) << again.output;
}

TEST_F(Programs, ASettingRerunsItsStageAndNoOther) {
  const auto before = rc::sha256_hex(rc::read_text(checkpoint(12)));
  const auto plan = drive("plan ablate measure-rank", "ablate.bootstrap=21");
  EXPECT_TRUE(plan.says("ablate.bootstrap: 20 -> 21")) << plan.output;
  const auto outcome = drive("run ablate measure-rank", "ablate.bootstrap=21");
  EXPECT_TRUE(outcome.says("stages run: 1")) << outcome.output;
  EXPECT_EQ(rc::sha256_hex(rc::read_text(checkpoint(12))), before);
  EXPECT_EQ(drive("run ablate").status, 0);
}

TEST_F(Programs, OneSeedOnOneMachineGivesTheSameBytes) {
  const auto before = rc::sha256_hex(rc::read_text(checkpoint(12)));
  fs::remove_all(run_dir() / "checkpoints");
  ASSERT_EQ(drive("run ablate correlate measure-rank").status, 0);
  EXPECT_EQ(rc::sha256_hex(rc::read_text(checkpoint(12))), before);
}

TEST_F(Programs, ADamagedCheckpointIsNamedAndThenRemade) {
  auto bytes = rc::read_text(checkpoint(12));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(checkpoint(12), std::ios::binary) << bytes;
  expect_told(stage("ablate", "ablate.bootstrap=22"), {"step-000012.safetensors", "make train"});
  EXPECT_EQ(drive("run ablate correlate measure-rank").status, 0);
  EXPECT_NE(rc::read_text(checkpoint(12)), bytes);
}

TEST_F(Programs, ACheckpointOfAnotherShapeIsNamed) {
  expect_told(stage("snapshot", "model.d_ff=64"), {"up_proj", "48", "64"});
}

TEST_F(Programs, ImpossibleShapesAreNamed) {
  expect_told(stage("train", "model.d_k=15"), {"model.d_k"});
  expect_told(stage("train", "model.heads=3"), {"model.heads", "model.d_model"});
  expect_told(stage("train", "model.heads=4 model.kv_heads=3"), {"model.kv_heads"});
  expect_told(stage("train", "train.steps=-1"), {"train.steps"});
  expect_told(stage("train", "train.stepz=5"), {"train.stepz", "train.steps"});
}

TEST_F(Programs, UselessTextIsToldSo) {
  const auto empty = runs_ / "empty.txt", binary = runs_ / "binary.txt",
             small = runs_ / "small.txt";
  std::ofstream(empty).flush();
  std::ofstream(binary, std::ios::binary) << std::string(1000, '\0');
  std::ofstream(small) << "Only these words.\n";
  const auto with = [](const fs::path& file) {
    return stage("tokenize", "corpus.sha256= corpus.path=" + file.string());
  };
  expect_told(with("/nowhere/at/all.txt"), {"/nowhere/at/all.txt"});
  expect_told(with(empty), {"empty"});
  expect_told(with(binary), {"binary"});
  expect_told(with(small), {"tokens.vocabulary"});
  expect_told(stage("tokenize", "corpus.sha256=00"), {"SHA-256"});
}

TEST_F(Programs, ALossThatIsNotFiniteEndsTheRunAndKeepsTheOldOne) {
  const auto before = rc::read_text(run_dir() / "train.json");
  expect_told(stage("train", "train.steps=40 train.adam_lr=10 train.weight_decay=10"),
              {"step", "train.muon_lr"});
  EXPECT_EQ(rc::read_text(run_dir() / "train.json"), before);
  EXPECT_EQ(drive("run ablate correlate measure-rank").status, 0);
}

TEST_F(Programs, EveryStageExplainsItselfInEightyColumns) {
  for (const char* name :
       {"tokenize", "train", "snapshot", "measure-rank", "ablate", "correlate"}) {
    const auto help = shell(fmt::format("{}/{} --help", RC_BIN, name));
    EXPECT_EQ(help.status, 0) << name;
    std::istringstream lines(help.output);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 90u) << line;
  }
}

}  // namespace
