// The real programs on a tiny model: what reruns, what does not, and what bad input is told.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "pipeline/files/artifact.h"
#include "pipeline/files/hash.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/settings/settings.h"
#include "pipeline/stage/manifest.h"
#include "tests/shell.h"

namespace {

namespace fs = std::filesystem;
using rc::Outcome;
using rc::shell;

const char* const kTiny =
    "corpus.megabytes=0.5 tokens.sample_megabytes=0.2 tokens.vocabulary=512 model.layers=3 "
    "model.d_model=32 model.d_ff=48 model.d_k=16 model.context=32 train.steps=12 train.batch=2 "
    "train.validation_sequences=4 snapshot.sequences=2 rank.null_draws=1 "
    "ablate.sequences=2 ablate.random_draws=2 ablate.step_percent=50 "
    "heal.steps=2 heal.sequences=4 correlate.permutations=99";

/// One folder of results that the tests below share; each leaves it whole.
class Programs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = fs::path(testing::TempDir()) / fmt::format("rank-collapse-runs-{}", getpid());
    rc::write_text(root_ / "tools/cmake", "#!/bin/sh\nexit 0\n");  // all is built
    fs::permissions(root_ / "tools/cmake", fs::perms::owner_all);
    const auto outcome = make(kEnds);
    ASSERT_EQ(outcome.status, 0) << outcome.output;
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }

  static Outcome make(const std::string& what, const std::string& more = "",
                      const fs::path& runs = root_) {
    return shell(fmt::format(
        "PATH={}/tools:$PATH make {} PROFILE=smoke BUILD={} RUNS={} SET='{} {}'", root_.string(),
        what, fs::relative(RC_BUILD).string(), runs.string(), kTiny, more));
  }

  /// A stage by hand, with other settings than Make gave it.
  static Outcome stage(const std::string& name, const std::string& more, std::string inputs = "",
                       const std::string& before = "") {
    const auto folder = name == "tokenize" ? profile_dir() : run_dir();
    auto values = rc::read_settings_text(folder / "settings" / (name + ".conf"));
    for (const std::string& word : rc::split_overrides(more))
      values[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    const fs::path settings = root_ / "by-hand.conf";
    rc::write_text(settings, rc::settings_text(values));
    if (inputs.empty()) inputs = manifests_for(name);
    return shell(fmt::format("{} {}/bin/{} --settings {} --out {} {}", before, RC_BUILD, name,
                             settings.string(), folder.string(), inputs));
  }

  static std::string manifests_for(const std::string& name) {
    const auto tokens = (profile_dir() / "manifest/tokenize.json").string();
    if (name == "train") return tokens;
    return tokens + " " + (run_dir() / "manifest/train.json").string();
  }

  static constexpr const char* kEnds = "ablate correlate heal measure-rank";
  static fs::path profile_dir() { return root_ / "smoke"; }
  static fs::path run_dir() { return profile_dir() / "seed-0/learned"; }
  static fs::path checkpoint(int step) {
    return run_dir() / "checkpoints" / fmt::format("step-{:06}.safetensors", step);
  }

  static inline fs::path root_;
};

std::string bytes_of(const fs::path& folder) {
  std::string all;
  for (const auto& file : std::set<fs::path>(fs::directory_iterator(folder), {}))
    all += file.filename().string() + " " + rc::digest_file(file).sha256 + "\n";
  return all;
}

/// Exit status 1, one line, and the words that help.
void expect_told(const Outcome& outcome, const std::vector<std::string>& words) {
  EXPECT_EQ(outcome.status, 1) << outcome.output;
  const std::regex error("(^|\n)[a-z-]+: error: ");
  const std::sregex_iterator first(outcome.output.begin(), outcome.output.end(), error), end;
  EXPECT_EQ(std::distance(first, end), 1) << outcome.output;
  for (const auto& word : words) EXPECT_TRUE(outcome.says(word)) << word << "\n" << outcome.output;
}

TEST_F(Programs, ASecondRunHasNothingToDo) {
  const auto plan = make("plan GOAL='ablate correlate measure-rank'");
  EXPECT_EQ(plan.status, 0);
  EXPECT_TRUE(plan.says("stages to run: 0, up to date: 6")) << plan.output;
}

TEST_F(Programs, ASettingRerunsItsStageAndNoOther) {
  const auto before = rc::sha256_hex(rc::read_text(checkpoint(12)));
  const auto plan = make("plan GOAL='ablate measure-rank'", "ablate.random_draws=3");
  EXPECT_TRUE(plan.says("ablate.random_draws: 2 -> 3")) << plan.output;
  EXPECT_TRUE(plan.says("stages to run: 1,")) << plan.output;
  EXPECT_EQ(make("ablate measure-rank", "ablate.random_draws=3").status, 0);
  EXPECT_EQ(rc::sha256_hex(rc::read_text(checkpoint(12))), before);
  EXPECT_EQ(make("ablate").status, 0);
}

/// Threads and how many stages run at once change no byte, and one cache serves them all.
TEST_F(Programs, OneSeedGivesTheSameBytesWithAnyNumberOfThreads) {
  std::map<std::string, std::string> before;
  const char* const files[] = {"checkpoints/step-000012.safetensors",
                               "snapshots/step-000012.safetensors",
                               "rank.json",
                               "ablation.json",
                               "heal.json",
                               "difficulty.safetensors",
                               "correlation.json"};
  for (const char* file : files) before[file] = rc::sha256_hex(rc::read_text(run_dir() / file));
  for (const char* with : {"1", "2", "4"}) {
    fs::remove_all(run_dir());
    const auto outcome = make(fmt::format("-j{} {}", with, kEnds), fmt::format("threads={}", with));
    ASSERT_EQ(outcome.status, 0) << outcome.output;
    for (const char* file : files)
      EXPECT_EQ(rc::sha256_hex(rc::read_text(run_dir() / file)), before[file])
          << file << " with " << with << " threads";
  }
  EXPECT_TRUE(make("plan GOAL='ablate correlate measure-rank'").says("stages to run: 0,"));
}

TEST_F(Programs, ADamagedCheckpointIsNamedAndThenRemade) {
  auto bytes = rc::read_text(checkpoint(12));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(checkpoint(12), std::ios::binary) << bytes;
  expect_told(stage("ablate", "ablate.random_draws=4"), {"step-000012.safetensors", "make train"});
  EXPECT_EQ(make("train").status, 0);
  EXPECT_NE(rc::read_text(checkpoint(12)), bytes);
  EXPECT_EQ(make(kEnds).status, 0);
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
  const auto empty = root_ / "empty.txt", binary = root_ / "binary.txt",
             small = root_ / "small.txt";
  std::ofstream(empty).flush();
  std::ofstream(binary, std::ios::binary) << std::string(1000, '\0');
  std::ofstream(small) << "Only these words.\n";
  const auto with = [](const fs::path& file) {
    return stage("tokenize", "corpus.sha256=", file.string());
  };
  expect_told(with("/nowhere/at/all.txt"), {"/nowhere/at/all.txt"});
  expect_told(with(empty), {"empty"});
  expect_told(with(binary), {"binary"});
  expect_told(with(small), {"tokens.vocabulary"});
  expect_told(stage("tokenize", "corpus.sha256=00", small.string()), {"64 hexadecimal"});
  expect_told(stage("tokenize", "corpus.sha256=" + std::string(64, '0'), small.string()),
              {"SHA-256"});
}

TEST_F(Programs, ALossThatIsNotFiniteEndsTheRunAndKeepsTheOldOne) {
  const auto before = rc::read_text(run_dir() / "train.json");
  expect_told(stage("train", "train.steps=40 train.adam_lr=10 train.weight_decay=10"),
              {" at step ", "; try a lower train.muon_lr"});
  EXPECT_EQ(rc::read_text(run_dir() / "train.json"), before);
  EXPECT_EQ(make(kEnds).status, 0);
}

/// The key gains of a run's last checkpoint, as if training had left them so.
void zero_gains(const fs::path& run) {
  const std::string name = "checkpoints/step-000012.safetensors";
  const auto whole = rc::Safetensors::open(run / name);
  auto tensors = whole.tensors();
  const std::vector<std::byte> zeros(1 << 12);
  for (auto& [tensor, view] : tensors)
    if (tensor.ends_with("k_norm.weight")) view.data = std::span(zeros).first(view.data.size());
  rc::write_safetensors(run / name, tensors, whole.metadata());
  const auto written = run / "manifest/train.json";
  auto manifest = *rc::read_manifest(written);
  manifest.outputs[name] = rc::digest_file(run / name);
  rc::write_json(written, rc::to_json(manifest));
}

/// One head, three layers, one sequence or draw where so few are allowed, and then keys that are
/// zero: what is undefined is left out and its claims not measured, to the last document.
TEST_F(Programs, AReportOfTheLeastThereCanBeHoldsNoNumberThatIsNone) {
  const fs::path runs = root_ / "least", run = runs / "smoke/seed-0/learned";
  const auto report = [&] {
    const auto outcome =
        make("report",
             "model.heads=1 snapshot.sequences=2 train.validation_sequences=2 "
             "train.curve_sequences=1 ablate.curve_sequences=2 ablate.calibration_sequences=1 "
             "lowrank.sequences=2 lowrank.curve_sequences=2 lowrank.calibration_sequences=1 "
             "heal.sequences=2 heal.calibration_sequences=1 kernels.repetitions=9 "
             "kernels.seconds=0.001",
             runs);
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    return rc::read_json(runs / "smoke/numbers.json");
  };
  const auto least = report();
  EXPECT_FALSE(least["numbers"].contains("correlate.cosine.mean"));  // of one inner layer
  EXPECT_EQ(least["verdicts"]["B4"]["verdict"], "not measured");
  EXPECT_TRUE(least["numbers"].contains("ablate.low_gain.60.share"));
  zero_gains(run);
  const auto zero = report();
  EXPECT_EQ(zero["numbers"]["rank.coordinate_pr.final.deep"]["value"], 0);
  EXPECT_EQ(zero["numbers"]["ablate.attention_benefit"]["value"], 0);
  for (const auto* name : {"ablate.random.60.share", "ablate.low_gain.60", "gains.cv.layer_mid"})
    EXPECT_FALSE(zero["numbers"].contains(name)) << name;
  for (const auto* claim : {"A3", "A4", "B1", "B2", "B3", "C4"})
    EXPECT_EQ(zero["verdicts"][claim]["verdict"], "not measured") << claim;
}

TEST_F(Programs, EveryStageExplainsItselfInEightyColumns) {
  for (const char* name :
       {"tokenize", "train", "snapshot", "measure-rank", "ablate", "low-rank", "heal", "correlate",
        "time-kernels", "collect", "render", "figure-loss"}) {
    const auto help = shell(fmt::format("{}/bin/{} --help", RC_BUILD, name));
    EXPECT_EQ(help.status, 0) << name;
    std::istringstream lines(help.output);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << name << line;
  }
}

/// Stopped by a signal it saves and says so; by SIGKILL it loses what came after the last saving.
TEST_F(Programs, AStoppedTrainingGoesOnToTheSameBytes) {
  const std::string longer = "train.steps=1500 train.save_seconds=1";
  ASSERT_EQ(stage("train", longer).status, 0);
  const auto straight = bytes_of(run_dir() / "checkpoints");
  bool went_on = false, said = false;
  for (const auto* signal : {"TERM", "INT", "USR1", "KILL"}) {
    fs::remove_all(run_dir() / "checkpoints");
    fs::remove(run_dir() / "manifest/train.json");
    for (int tries = 0; tries < 20; ++tries) {
      const auto outcome = stage("train", longer, manifests_for("train"),
                                 fmt::format("timeout --preserve-status -s {} 4", signal));
      went_on = went_on || outcome.says("goes on from step");
      said = said || outcome.says("which is saved; the same command goes on from there");
      if (outcome.status == 0) break;
      EXPECT_EQ(outcome.status, *signal == 'I'   ? 130
                                : *signal == 'K' ? 137
                                                 : 143)
          << outcome.output;
    }
    EXPECT_EQ(bytes_of(run_dir() / "checkpoints"), straight) << signal;
    EXPECT_FALSE(fs::exists(run_dir() / "unfinished"));
  }
  EXPECT_TRUE(went_on && said);
  stage("train", "");
}

TEST_F(Programs, AStoppedSurgeryGoesOnToTheSameBytes) {
  const std::string longer = "ablate.sequences=96 ablate.curve_sequences=96 ablate.step_percent=3";
  const auto result = [] { return rc::read_text(run_dir() / "ablation.json"); };
  const auto whole = stage("ablate", longer);
  ASSERT_EQ(whole.status, 0) << whole.output;
  const auto straight = result();
  fs::remove(run_dir() / "manifest/ablate.json");
  fs::remove(run_dir() / "ablation.json");
  bool went_on = false;
  for (int seconds = 2; seconds < 30; ++seconds) {  // a slow machine needs some to begin at all
    const auto outcome =
        stage("ablate", longer, "", fmt::format("timeout --preserve-status -s TERM {}", seconds));
    went_on = went_on || outcome.says("goes on after");
    if (outcome.status == 0) break;
    EXPECT_EQ(outcome.status, 143) << outcome.output;
  }
  EXPECT_TRUE(went_on);
  EXPECT_EQ(result(), straight);
  EXPECT_FALSE(fs::exists(run_dir() / "unfinished"));
  EXPECT_EQ(make("ablate").status, 0);
}

}  // namespace
