// The figure programs as processes, over made-up results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "figures/test_runs.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class FigureProgram : public testing::TestWithParam<const char*> {
 protected:
  /// Status of figure-<name>; keeps what it said on stderr.
  int run(const std::string& name, const std::string& words = "", const std::string& before = "") {
    const std::string command = before + " '" + FIGURE_PROGRAMS + "/figure-" + name +
                                "' --profile mini " + words + " >out.txt 2>error.txt";
    const int status = std::system(command.c_str());
    error_ = read_text("error.txt");
    return WEXITSTATUS(status);
  }

  static fs::path drawn(const std::string& name, const char* extension) {
    return fs::path("runs/mini/figures") / (name + extension);
  }

  TestRuns runs_;
  std::string error_;
};

TEST_P(FigureProgram, DrawsThreeFormatsAndLeavesThemAloneWhenUnchanged) {
  runs_.write_all();
  ASSERT_EQ(run(GetParam()), 0) << error_;
  EXPECT_THAT(read_text(drawn(GetParam(), ".svg")),
              AllOf(StartsWith("<?xml"), HasSubstr("</svg>")));
  EXPECT_THAT(read_text(drawn(GetParam(), ".png")), StartsWith("\x89PNG\r\n"));
  EXPECT_THAT(read_text(drawn(GetParam(), ".pdf")), StartsWith("%PDF-"));

  const auto written = fs::last_write_time(drawn(GetParam(), ".pdf"));
  ASSERT_EQ(run(GetParam(), "--force"), 0) << error_;
  EXPECT_EQ(fs::last_write_time(drawn(GetParam(), ".pdf")), written);
}

INSTANTIATE_TEST_SUITE_P(All, FigureProgram,
                         testing::Values("effective_rank", "gamma_heatmap", "surgery_impact",
                                         "layer_correlation", "kernel_speedup", "loss"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(FigureProgram, MissingFieldNamesFileAndField) {
  auto rank = TestRuns::rank(0, "learned");
  rank["null"]["coordinate_pr"].erase("laplace");
  runs_.write("measure-rank", "rank.json", rank, 0, "learned");
  EXPECT_EQ(run("effective_rank"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("runs/mini/seed-0/learned/rank.json"),
                            HasSubstr("null.coordinate_pr.laplace is missing")));
  EXPECT_FALSE(fs::exists(drawn("effective_rank", ".svg")));
}

TEST_F(FigureProgram, FloorsAreOptional) {
  auto train = TestRuns::train(0, "learned");
  train.erase("floor");
  runs_.write("train", "train.json", train, 0, "learned");
  EXPECT_EQ(run("loss"), 0) << error_;
}

/// A model that attends no better than uniformly, or whose gains never moved, is drawn all the
/// same.
TEST_F(FigureProgram, DegenerateResultsAreDrawn) {
  auto ablation = TestRuns::ablation(0, "learned");
  ablation["uniform_attention"] = 4.9;
  runs_.write("ablate", "ablation.json", ablation, 0, "learned");
  EXPECT_EQ(run("surgery_impact"), 0) << error_;
  auto correlation = TestRuns::correlation(0, "learned");
  for (auto& row : correlation["pearson"])
    for (auto& value : row) value = nullptr;
  runs_.write("correlate", "correlation.json", correlation, 0, "learned");
  EXPECT_EQ(run("layer_correlation"), 0) << error_;
}

TEST_F(FigureProgram, WithoutGnuplotSaysSo) {
  runs_.write_all();
  EXPECT_EQ(run("loss", "", "PATH=/nowhere"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("cannot start gnuplot"), HasSubstr("install")));
}

TEST_F(FigureProgram, WithABrokenGnuplotFails) {
  runs_.write_all();
  write_text("bin/gnuplot", "#!/bin/sh\necho 'line 0: no fonts' >&2\nexit 3\n");
  fs::permissions("bin/gnuplot", fs::perms::owner_all);
  EXPECT_EQ(run("loss", "", "PATH=$PWD/bin:$PATH"), 1);
  EXPECT_THAT(error_, HasSubstr("no fonts"));
  EXPECT_FALSE(fs::exists(drawn("loss", ".png")));
}

}  // namespace
}  // namespace rc
