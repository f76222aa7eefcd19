// The options of a stage program, as its main sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "pipeline/files/program.h"
#include "pipeline/settings/settings_value.h"
#include "pipeline/stage/description.h"
#include "pipeline/stage/stage_fixture.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class StageMain : public testing::Test {
 protected:
  StageMain() { settings("out/settings/learn.conf", {}); }

  void settings(const std::string& file, const std::vector<std::string>& overrides) {
    write_text(file, settings_text(Settings(all_tables(spec_), overrides).values()));
  }

  /// Status of stage_main; keeps what it printed and what the body saw.
  int run(std::vector<std::string> words) {
    words.insert(words.begin(), spec_.name);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status =
        stage_main(spec_, static_cast<int>(arguments.size()), arguments.data(), [&](Context& c) {
          seen_.push_back(c.dir().generic_string() + " " + c.label());
          steps_ = c.settings().integer("learn.steps");
        });
    out_ = testing::internal::GetCapturedStdout();
    error_ = testing::internal::GetCapturedStderr();
    return status;
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
  StageSpec spec_ = stage_learn();
  std::vector<std::string> seen_;
  long steps_ = 0;
  std::string out_;
  std::string error_;
};

TEST_F(StageMain, TakesItsFolderAndItsSettings) {
  EXPECT_EQ(run({"--out", "out"}), 0) << error_;
  EXPECT_EQ(steps_, 320);
  settings("s.conf", {"learn.steps=9", "seed=4", "arm=copy"});
  EXPECT_EQ(run({"--out", "there", "--settings", "s.conf"}), 0) << error_;
  EXPECT_EQ(steps_, 9);
  EXPECT_THAT(seen_, ElementsAre("out seed 0, learned", "there seed 4, copy"));
}

TEST_F(StageMain, CachedUnlessForced) {
  run({"--out", "out"});
  run({"--out", "out"});
  EXPECT_EQ(seen_.size(), 1u);
  EXPECT_THAT(out_, HasSubstr("cached"));
  run({"--out", "out", "--force"});
  EXPECT_EQ(seen_.size(), 2u);
}

TEST_F(StageMain, ErrorsAreOneLineAndStatusOne) {
  write_text("short.conf", "profile=mini\n");
  write_text("wrong.conf", "learn.stps=1\n");
  write_text("bad.conf", "learn.steps=x\n");
  const std::vector<std::pair<std::vector<std::string>, const char*>> wrong = {
      {{"--ou", "out"}, "--help"},
      {{}, "--out FOLDER is missing"},
      {{"--out", "none"}, "none/settings/learn.conf"},
      {{"--out", "out", "--settings", "short.conf"}, "short.conf lacks arm"},
      {{"--out", "out", "--settings", "wrong.conf"}, "did you mean learn.steps?"},
      {{"--out", "out", "--settings", "bad.conf"}, "a whole number is expected"},
      {{"--out", "out", "runs/manifest/cut.json"}, "make cut PROFILE=defaults"}};
  for (const auto& [words, told] : wrong) {
    EXPECT_EQ(run(words), 1) << told;
    EXPECT_THAT(error_, AllOf(testing::StartsWith("learn: error: "), HasSubstr(told)));
    EXPECT_EQ(std::count(error_.begin(), error_.end(), '\n'), 1) << error_;
  }
  EXPECT_TRUE(seen_.empty());
}

TEST_F(StageMain, HelpTellsSettingsInEightyColumns) {
  EXPECT_EQ(run({"--help"}), 0);
  std::istringstream lines(out_);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns(line), 80u) << line;
  EXPECT_THAT(out_, AllOf(HasSubstr("learn it by heart"), HasSubstr("outputs of cut"),
                          HasSubstr("manifest/learn.json"), HasSubstr("learn.steps"),
                          HasSubstr("320"), HasSubstr("8 to 1e+09"), Not(HasSubstr("cut.pieces"))));
}

TEST_F(StageMain, VersionIsTheRevision) {
  EXPECT_EQ(run({"--out", "folder", "--version"}), 0) << error_;
  EXPECT_EQ(out_, "learn " + git_revision() + "\n");
}

/// A program that does not know the stage reads of it what the stage itself knows.
TEST_F(StageMain, DescribesItself) {
  EXPECT_EQ(run({"--describe", "stages/learn.json"}), 0) << error_;
  const auto all = read_descriptions("stages");
  const auto& read = all.at("learn");
  EXPECT_EQ(describe(read.spec)["settings"], describe(spec_)["settings"]);
  EXPECT_EQ(read.spec.scope, Scope::kRun);
  EXPECT_EQ(read.spec.needs.front().stage, "cut");
  EXPECT_TRUE(read.depends_on_machine);
  EXPECT_FALSE(find_setting(read.spec.settings, "threads")->changes_results);
  write_text("stages/other.json", "{}");
  EXPECT_THAT(user_error([] { read_descriptions("stages"); }), HasSubstr("describes no stage"));
  EXPECT_THAT(user_error([] { read_descriptions("none"); }), HasSubstr("make build"));
}

}  // namespace
}  // namespace rc
