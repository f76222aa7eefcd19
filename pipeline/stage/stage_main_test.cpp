// The options of a stage program, as its main sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "pipeline/dag.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage.h"
#include "pipeline/testing.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class StageMain : public testing::Test {
 protected:
  StageMain() {
    write_text("profiles/mini.conf", "seeds = 4 5\narms = frozen copy\nkernels.seconds = 0.5\n");
    write_text("profiles/laptop.conf", "");
  }

  /// Status of stage_main; keeps what it printed and what the body saw.
  int run(const std::string& stage_name, std::vector<std::string> words) {
    words.insert(words.begin(), stage_name);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = stage_main(stage(stage_name), static_cast<int>(arguments.size()),
                                  arguments.data(), [&](Context& c) {
                                    seen_.push_back(c.dir().generic_string());
                                    seconds_ = c.settings().real("kernels.seconds");
                                  });
    out_ = testing::internal::GetCapturedStdout();
    error_ = testing::internal::GetCapturedStderr();
    return status;
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
  std::vector<std::string> seen_;
  double seconds_ = 0;
  std::string out_;
  std::string error_;
};

TEST_F(StageMain, TakesProfileSettingsAndRuns) {
  EXPECT_EQ(run("time-kernels", {"--profile", "mini"}), 0) << error_;
  EXPECT_EQ(seconds_, 0.5);
  EXPECT_EQ(run("time-kernels", {"--set", "kernels.seconds=2 threads=1", "--runs", "there"}), 0);
  EXPECT_EQ(seconds_, 2);
  EXPECT_THAT(seen_, ElementsAre("runs/mini", "there/laptop"));
}

TEST_F(StageMain, CachedUnlessForced) {
  run("time-kernels", {});
  run("time-kernels", {});
  EXPECT_EQ(seen_.size(), 1u);
  EXPECT_THAT(out_, HasSubstr("cached"));
  run("time-kernels", {"--force"});
  EXPECT_EQ(seen_.size(), 2u);
}

TEST_F(StageMain, SeedAndArmDefaultToTheFirst) {
  // train needs tokenize: the error tells which folders were meant.
  EXPECT_EQ(run("train", {"--profile", "mini"}), 1);
  EXPECT_TRUE(std::filesystem::exists("runs/mini/seed-4/frozen"));
  run("train", {"--profile", "mini", "--seed", "9", "--arm", "copy"});
  EXPECT_TRUE(std::filesystem::exists("runs/mini/seed-9/copy"));
}

TEST_F(StageMain, ErrorsAreOneLineAndStatusOne) {
  const std::vector<std::vector<std::string>> wrong = {{"--prof", "mini"},
                                                       {"--profile", "none"},
                                                       {"--set", "kernels.secnds=1"},
                                                       {"--set", "kernels.seconds=x"},
                                                       {"--seed", "1"},
                                                       {"extra"}};
  for (const auto& words : wrong) {
    EXPECT_EQ(run("time-kernels", words), 1);
    EXPECT_THAT(error_, testing::StartsWith("time-kernels: error: "));
    EXPECT_EQ(std::count(error_.begin(), error_.end(), '\n'), 1) << error_;
  }
  EXPECT_EQ(run("train", {"--arm", "../up"}), 1);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(StageMain, HelpTellsSettingsInEightyColumns) {
  for (const StageSpec& spec : dag()) {
    EXPECT_EQ(run(spec.name, {"--help", "--profile", "mini"}), 0);
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(columns(line), 80u) << spec.name << ": " << line;
    EXPECT_THAT(out_, AllOf(HasSubstr(spec.summary.substr(0, 20)), HasSubstr("--profile"),
                            HasSubstr("manifest/" + spec.name + ".json")));
  }
  run("time-kernels", {"--help", "--profile", "mini"});
  EXPECT_THAT(out_,
              AllOf(HasSubstr("kernels.seconds"), HasSubstr("0.5 s"), HasSubstr("0.0001 to")));
  EXPECT_THAT(out_, testing::Not(HasSubstr("train.steps")));
}

TEST_F(StageMain, HelpAnswersWithoutAProfile) {
  EXPECT_EQ(run("train", {"--help", "--profile", "none"}), 0);
  EXPECT_THAT(out_, HasSubstr("train.steps"));
}

}  // namespace
}  // namespace rc
