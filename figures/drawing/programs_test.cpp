// The figure programs as processes, over made-up results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "figures/drawing/test_runs.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
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
                                         "layer_correlation", "kernel_speedup", "loss",
                                         "surgery_orders", "difficulty_deciles", "spectra",
                                         "correlation_by_distance", "arm_losses"),
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

TEST_F(FigureProgram, ModelsThatWereNotTimedAreLeftOut) {
  auto kernels = TestRuns::kernels();
  runs_.write("time-kernels", "kernels.json", kernels);
  ASSERT_EQ(run("kernel_speedup"), 0) << error_;
  EXPECT_THAT(read_text(drawn("kernel_speedup", ".svg")), HasSubstr("A whole model"));
  kernels["inference"] = nlohmann::json::object();
  runs_.write("time-kernels", "kernels.json", kernels);
  ASSERT_EQ(run("kernel_speedup"), 0) << error_;
  EXPECT_THAT(read_text(drawn("kernel_speedup", ".svg")),
              AllOf(HasSubstr("Attention alone"), Not(HasSubstr("A whole model"))));
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

TEST_F(FigureProgram, DifficultyThatWasNotMeasuredIsNamed) {
  auto ablation = TestRuns::ablation(0, "learned");
  ablation.erase("difficulty");
  runs_.write("ablate", "ablation.json", ablation, 0, "learned");
  EXPECT_EQ(run("difficulty_deciles"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("runs/mini/seed-0/learned/ablation.json"),
                            HasSubstr("field difficulty is missing")));
}

/// A row of panels that would hold the original's order alone is left out.
TEST_F(FigureProgram, OrdersThatWereNotRunAreLeftOut) {
  auto ablation = TestRuns::ablation(0, "learned");
  for (const char* order : {"pair", "frequency", "global", "global_shuffled", "low_gain_mean"})
    ablation["orders"].erase(order);
  runs_.write("ablate", "ablation.json", ablation, 0, "learned");
  ASSERT_EQ(run("surgery_orders"), 0) << error_;
  EXPECT_THAT(read_text(drawn("surgery_orders", ".svg")),
              AllOf(HasSubstr("Which dimensions go first?"), HasSubstr("logits rescaled"),
                    Not(HasSubstr("In what portions")), Not(HasSubstr("set to their mean"))));

  ablation["orders"].erase("random");
  runs_.write("ablate", "ablation.json", ablation, 0, "learned");
  EXPECT_EQ(run("surgery_orders"), 1);
  EXPECT_THAT(error_, HasSubstr("field orders.random is missing"));
}

/// Keys of deficient rank have eigenvalues of zero, which a logarithmic axis has no place for, or
/// of rounding's size, which would stretch it.
TEST_F(FigureProgram, EmptyDirectionsAreGapsInSpectra) {
  auto rank = TestRuns::rank(0, "learned");
  const auto svg = [&](double share) {
    rank["spectra"]["value"][1].back() = share;
    runs_.write("measure-rank", "rank.json", rank, 0, "learned");
    EXPECT_EQ(run("spectra"), 0) << error_;
    return read_text(drawn("spectra", ".svg"));
  };
  const std::string gap = svg(0);
  EXPECT_EQ(svg(1e-40), gap);
  EXPECT_NE(svg(0.1), gap);
}

TEST_F(FigureProgram, SpectraAreDrawnWithTheNullsThereAre) {
  auto rank = TestRuns::rank(0, "learned");
  rank["spectra"].erase("same_gains");
  rank["spectra"].erase("permuted");
  runs_.write("measure-rank", "rank.json", rank, 0, "learned");
  ASSERT_EQ(run("spectra"), 0) << error_;
  EXPECT_THAT(read_text(drawn("spectra", ".svg")),
              AllOf(HasSubstr(">Gaussian<"), HasSubstr("trained keys"),
                    Not(HasSubstr("same gains")), Not(HasSubstr("columns permuted"))));
  rank["spectra"].erase("value");
  runs_.write("measure-rank", "rank.json", rank, 0, "learned");
  EXPECT_EQ(run("spectra"), 1);
  EXPECT_THAT(error_, HasSubstr("field spectra.value is missing"));
}

/// A layer whose gains never moved has a cosine with the others, and no correlation.
TEST_F(FigureProgram, DistancesWithoutACorrelationAreGaps) {
  auto correlation = TestRuns::correlation(0, "learned");
  auto& curves = correlation["by_distance"];
  const auto svg = [&] {
    runs_.write("correlate", "correlation.json", correlation, 0, "learned");
    EXPECT_EQ(run("correlation_by_distance"), 0) << error_;
    return read_text(drawn("correlation_by_distance", ".svg"));
  };
  curves["pearson"].back() = nullptr;
  EXPECT_THAT(svg(), HasSubstr("Pearson, centred"));
  for (const char* name : {"pearson", "null_lo", "null_hi"})
    for (auto& value : curves[name]) value = nullptr;
  EXPECT_THAT(svg(), AllOf(HasSubstr("cosine, raw gains"), Not(HasSubstr("Pearson, centred")),
                           Not(HasSubstr("shuffles"))));
}

TEST_F(FigureProgram, ArmsAreNamedWithTheirFinalLoss) {
  write_text("profiles/mini.conf", "arms = learned copy virtual12_random\n");
  const auto write = [&](const char* arm, std::vector<double> loss) {
    auto train = TestRuns::train(0, arm);
    auto& validation = train["validation"];
    while (validation["step"].size() > loss.size()) validation["step"].erase(loss.size());
    validation["loss"] = std::move(loss);
    runs_.write("train", "train.json", train, 0, arm);
  };
  write("learned", {8.3, 7.1, 6.3});
  write("copy", {8.3, 0.04});  // its run may be shorter
  write("virtual12_random", {8.3, 7.2, 6.345});
  ASSERT_EQ(run("arm_losses"), 0) << error_;
  EXPECT_THAT(read_text(drawn("arm_losses", ".svg")),
              AllOf(HasSubstr("loss above learned"), HasSubstr("learned, 6.300"),
                    HasSubstr("virtual12 random, 6.345"), HasSubstr("copy, 0.04")));
}

/// Nothing to take a difference from: the losses alone, at full width.
TEST_F(FigureProgram, OneArmHasNoDifferences) {
  runs_.write_all();
  ASSERT_EQ(run("arm_losses"), 0) << error_;
  EXPECT_THAT(read_text(drawn("arm_losses", ".svg")),
              AllOf(HasSubstr("learned, 6.300"), Not(HasSubstr("above learned"))));
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
