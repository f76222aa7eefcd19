// The figure programs as processes, over the golden run.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "figures/drawing/figure_program.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_P(FigureProgram, DrawsAllFormatsAndLeavesThemAloneWhenUnchanged) {
  ASSERT_EQ(draw(GetParam()), 0) << error_;
  EXPECT_THAT(svg(GetParam()), AllOf(StartsWith("<?xml"), HasSubstr("</svg>")));
  EXPECT_THAT(read_text(drawn(GetParam(), ".screen.svg")), StartsWith("<svg"));
  EXPECT_THAT(read_text(drawn(GetParam(), ".png")), StartsWith("\x89PNG\r\n"));
  EXPECT_THAT(read_text(drawn(GetParam(), ".pdf")), StartsWith("%PDF-"));

  const auto written = fs::last_write_time(drawn(GetParam(), ".pdf"));
  ASSERT_EQ(draw(GetParam()), 0) << error_;
  EXPECT_EQ(fs::last_write_time(drawn(GetParam(), ".pdf")), written);
}

INSTANTIATE_TEST_SUITE_P(All, FigureProgram, testing::ValuesIn(figure_names()),
                         [](const auto& each) { return each.param; });

TEST_F(FigureProgram, MissingFieldNamesFileAndField) {
  run_.change(kLearned + "rank.json",
              [](json& rank) { rank["null"]["coordinate_pr"].erase("laplace"); });
  EXPECT_EQ(draw("effective_rank"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("seed-0/learned/rank.json"),
                            HasSubstr("null.coordinate_pr.laplace is missing")));
  EXPECT_FALSE(fs::exists(drawn("effective_rank", ".svg")));
}

TEST_F(FigureProgram, FloorsAreOptional) {
  run_.change(kLearned + "train.json", [](json& train) { train.erase("floor"); });
  EXPECT_EQ(draw("loss"), 0) << error_;
}

TEST_F(FigureProgram, ModelsThatWereNotTimedAreLeftOut) {
  ASSERT_EQ(draw("kernel_speedup"), 0) << error_;
  EXPECT_THAT(svg("kernel_speedup"), HasSubstr("A whole model"));
  run_.change("kernels.json", [](json& kernels) { kernels["inference"] = json::object(); });
  ASSERT_EQ(draw("kernel_speedup"), 0) << error_;
  EXPECT_THAT(svg("kernel_speedup"),
              AllOf(HasSubstr("Attention alone"), Not(HasSubstr("A whole model"))));
}

/// A model that attends no better than uniformly, or whose gains never moved, is drawn all the
/// same.
TEST_F(FigureProgram, DegenerateResultsAreDrawn) {
  run_.change(kLearned + "ablation.json", [](json& ablation) {
    ablation["uniform_attention"] = ablation["baseline"].get<double>() - 0.1;
  });
  EXPECT_EQ(draw("surgery_impact"), 0) << error_;
  EXPECT_THAT(svg("surgery_impact"), HasSubstr("all keys zeroed: uniform attention"));
  run_.change(kLearned + "correlation.json", [](json& correlation) {
    for (auto& row : correlation["pearson"])
      for (auto& value : row) value = nullptr;
  });
  EXPECT_EQ(draw("layer_correlation"), 0) << error_;
  EXPECT_THAT(svg("layer_correlation"), AllOf(HasSubstr("Pearson"), Not(HasSubstr("nan"))));
}

TEST_F(FigureProgram, SpectraAreNamedInTheKey) {
  ASSERT_EQ(draw("spectra"), 0) << error_;
  for (const char* name :
       {"trained keys", "random projection", "permuted", "same gains", "Gaussian"})
    EXPECT_THAT(svg("spectra"), HasSubstr(fmt::format(">{}</tspan></text>", name)));
}

/// The line is of the run's own learning rate and decay, where its training tells them.
TEST_F(FigureProgram, GainsStandBesideTheDecayOfTheirRun) {
  const auto with = [&](double left) {
    run_.change(kLearned + "train.json", [&](json& train) {
      train["numbers"]["train.gain_decay_line"] = {{"value", left}, {"unit", "gain"}, {"n", 1}};
    });
    EXPECT_EQ(draw("gain_decay"), 0) << error_;
    return svg("gain_decay");
  };
  EXPECT_THAT(with(0.5), HasSubstr("0.500 at the end"));
  EXPECT_THAT(with(1), Not(HasSubstr("weight decay alone")));
}

/// Whatever their order in the file.
TEST_F(FigureProgram, PairsAreDrawnByTheirWavelength) {
  ASSERT_EQ(draw("gain_wavelength"), 0) << error_;
  const std::string in_order = svg("gain_wavelength");
  run_.change(kLearned + "correlation.json", [](json& correlation) {
    for (const char* name : {"gain", "wavelength"})
      for (auto& layer : correlation["pairs"][name]) std::reverse(layer.begin(), layer.end());
  });
  ASSERT_EQ(draw("gain_wavelength"), 0) << error_;
  EXPECT_EQ(svg("gain_wavelength"), in_order);
}

TEST_F(FigureProgram, ArmsStandBesideTheMeasuresThatTheyHave) {
  ASSERT_EQ(draw("arm_measures"), 0) << error_;
  EXPECT_THAT(svg("arm_measures"),
              AllOf(HasSubstr("no decay"), HasSubstr("fading"), Not(HasSubstr("removable"))));
}

TEST_F(FigureProgram, TheLadderTakesOtherSizes) {
  ASSERT_EQ(draw("ladder"), 0) << error_;
  EXPECT_THAT(svg("ladder"), AllOf(HasSubstr("uniform benefit"), Not(HasSubstr("removable"))));
  collected_["numbers"].erase("ablate.tokens4.attention_benefit");
  ASSERT_EQ(draw("ladder"), 0) << error_;
  EXPECT_THAT(svg("ladder"), HasSubstr("make report PROFILE=ladder"));
}

TEST_F(FigureProgram, DifficultyIsDrawnByDecile) {
  ASSERT_EQ(draw("difficulty_deciles"), 0) << error_;
  EXPECT_THAT(svg("difficulty_deciles"), AllOf(HasSubstr("lowest gain first"), HasSubstr(">2.3<"),
                                               HasSubstr("rise of loss with 80 % cut")));
  collected_["difficulty"].erase("random");
  EXPECT_EQ(draw("difficulty_deciles"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("numbers.json"), HasSubstr("difficulty.random is missing")));
}

TEST_F(FigureProgram, DifficultyTakesTwoSeeds) {
  collected_.erase("difficulty");
  ASSERT_EQ(draw("difficulty_deciles"), 0) << error_;
  EXPECT_THAT(svg("difficulty_deciles"), HasSubstr("takes another seed to tell"));
}

/// Names of the orders that answer a question of ablation.json, the original's not among them.
std::vector<std::string> answers(const json& ablation, std::size_t question) {
  std::vector<std::string> names;
  for (const auto& [name, order] : ablation.at("orders").items())
    if (order.at("question") == ablation.at("questions").at(question).at("question") &&
        !order.at("original"))
      names.push_back(name);
  return names;
}

/// A row of panels that would hold the original's order alone is left out.
TEST_F(FigureProgram, OrdersThatWereNotRunAreLeftOut) {
  const json all = GoldenRun::read(kLearned + "ablation.json");
  const auto treatments = answers(all, 2);
  ASSERT_GE(treatments.size(), 2u);
  run_.change(kLearned + "ablation.json", [&](json& ablation) {
    for (const auto& order : answers(all, 1)) ablation["orders"].erase(order);
    ablation["orders"].erase(treatments.front());
  });
  ASSERT_EQ(draw("surgery_orders"), 0) << error_;
  const auto question = [&](int i) { return all["questions"][i]["question"].get<std::string>(); };
  const auto legend = [&](const std::string& order) {
    return all["orders"][order]["legend"].get<std::string>();
  };
  EXPECT_THAT(
      svg("surgery_orders"),
      AllOf(HasSubstr(question(0)), HasSubstr(question(2)), Not(HasSubstr(question(1))),
            HasSubstr(legend(treatments.back())), Not(HasSubstr(legend(treatments.front())))));
}

/// What the stage calls its orders is what the figure calls them.
TEST_F(FigureProgram, OrdersAreNamedByTheirResult) {
  run_.change(kLearned + "ablation.json", [](json& ablation) {
    auto added = ablation["orders"]["pair"];
    added.update({{"legend", "an order of tomorrow"}, {"place", 99}});
    ablation["orders"]["tomorrow"] = added;
  });
  ASSERT_EQ(draw("surgery_orders"), 0) << error_;
  EXPECT_THAT(svg("surgery_orders"), HasSubstr("an order of tomorrow"));
}

TEST_F(FigureProgram, SurgeryOfGainsThatTieIsASentence) {
  run_.change(kLearned + "ablation.json", [](json& ablation) {
    ablation = GoldenRun::read("seed-0/frozen/ablation.json");
    ablation["arm"] = "learned";
  });
  for (const std::string name : {"surgery_orders", "surgery_impact"}) {
    ASSERT_EQ(draw(name), 0) << error_;
    EXPECT_THAT(svg(name), HasSubstr("gains of a layer are all of one size")) << name;
  }
}

TEST_F(FigureProgram, SurgeryNeedsTheOriginalsOrderAndARandomOne) {
  const json all = GoldenRun::read(kLearned + "ablation.json");
  for (const std::string flag : {"random", "original"}) {
    run_.change(kLearned + "ablation.json", [&](json& ablation) {
      ablation = all;
      for (const auto& [name, order] : all["orders"].items())
        if (order[flag]) ablation["orders"].erase(name);
    });
    EXPECT_EQ(draw("surgery_orders"), 1);
    EXPECT_THAT(error_, HasSubstr("field orders has no order that is " + flag));
  }
  run_.change(kLearned + "ablation.json", [&](json& ablation) {
    ablation = all;
    ablation["orders"].erase("random");
  });
  EXPECT_EQ(draw("surgery_impact"), 1);
  EXPECT_THAT(error_, HasSubstr("field orders.random is missing"));
  run_.change(kLearned + "ablation.json", [&](json& ablation) {
    ablation = all;
    ablation["orders"].erase("high_gain");
  });
  EXPECT_EQ(draw("surgery_impact"), 0) << error_;
  EXPECT_THAT(svg("surgery_impact"), HasSubstr("all keys zeroed: uniform attention"));
}

/// Keys of deficient rank have eigenvalues of zero, which a logarithmic axis has no place for, or
/// of rounding's size, which would stretch it.
TEST_F(FigureProgram, EmptyDirectionsAreGapsInSpectra) {
  const auto with = [&](double share) {
    run_.change(kLearned + "rank.json",
                [&](json& rank) { rank["spectra"]["value"][1].back() = share; });
    EXPECT_EQ(draw("spectra"), 0) << error_;
    return svg("spectra");
  };
  const std::string gap = with(0);
  EXPECT_EQ(with(1e-40), gap);
  EXPECT_NE(with(0.1), gap);
}

TEST_F(FigureProgram, SpectraAreDrawnWithTheNullsThereAre) {
  run_.change(kLearned + "rank.json", [](json& rank) {
    rank["spectra"].erase("same_gains");
    rank["spectra"].erase("permuted");
  });
  ASSERT_EQ(draw("spectra"), 0) << error_;
  EXPECT_THAT(svg("spectra"),
              AllOf(HasSubstr(">Gaussian<"), HasSubstr("trained keys"),
                    Not(HasSubstr("same gains")), Not(HasSubstr("columns permuted"))));
  run_.change(kLearned + "rank.json", [](json& rank) { rank["spectra"].erase("value"); });
  EXPECT_EQ(draw("spectra"), 1);
  EXPECT_THAT(error_, HasSubstr("field spectra.value is missing"));
}

/// A layer whose gains never moved has a cosine with the others, and no correlation.
TEST_F(FigureProgram, DistancesWithoutACorrelationAreGaps) {
  const auto with = [&](const std::function<void(json & curves)>& change) {
    run_.change(kLearned + "correlation.json",
                [&](json& correlation) { change(correlation["by_distance"]); });
    EXPECT_EQ(draw("correlation_by_distance"), 0) << error_;
    return svg("correlation_by_distance");
  };
  EXPECT_THAT(with([](json& curves) { curves["pearson"].back() = nullptr; }),
              HasSubstr("Pearson, centred"));
  EXPECT_THAT(
      with([](json& curves) {
        for (const char* name : {"pearson", "null_lo", "null_hi"})
          for (auto& value : curves[name]) value = nullptr;
      }),
      AllOf(HasSubstr("cosine, raw gains</tspan>"), Not(HasSubstr("Pearson, centred</tspan>")),
            Not(HasSubstr("shuffles</tspan>"))));
}

/// "learned, 6.300"
std::string name_and_loss(const std::string& arm, const std::string& shown, int decimals = 3) {
  const json train = GoldenRun::read("seed-0/" + arm + "/train.json");
  return fmt::format("{}, {:.{}f}", shown, train["numbers"]["loss"]["value"].get<double>(),
                     decimals);
}

TEST_F(FigureProgram, ArmsAreNamedWithTheirFinalLoss) {
  run_.change("seed-0/copy/train.json", [](json& train) {  // its run may be shorter
    train["validation"] = {{"step", {0, 2}}, {"loss", {8.3, 0.05}}};
    train["numbers"]["loss"]["value"] = 0.04;
  });
  ASSERT_EQ(draw("arm_losses", {"learned", "copy", "virtual12_random"}), 0) << error_;
  EXPECT_THAT(svg("arm_losses"),
              AllOf(HasSubstr("loss above learned"), HasSubstr(name_and_loss("learned", "learned")),
                    HasSubstr(name_and_loss("virtual12_random", "virtual12 random")),
                    HasSubstr("copy, 0.04")));
}

/// Whatever it is called.
TEST_F(FigureProgram, AnArmOfAnotherTaskIsKnownByItsLabels) {
  ASSERT_EQ(draw("arm_losses", {"learned", "frozen", "thin16"}), 0) << error_;
  EXPECT_THAT(svg("arm_losses"), HasSubstr(name_and_loss("thin16", "thin16")));
  run_.change("seed-0/thin16/train.json", [](json& train) { train["labels"] = "same"; });
  ASSERT_EQ(draw("arm_losses", {"learned", "frozen", "thin16"}), 0) << error_;
  EXPECT_THAT(svg("arm_losses"), AllOf(HasSubstr(name_and_loss("thin16", "thin16", 2) + "<"),
                                       HasSubstr(name_and_loss("frozen", "frozen"))));
}

TEST_F(FigureProgram, ALongerRunLeavesTheFigureAndIsNamedThere) {
  run_.change("seed-0/thin16/train.json", [](json& train) {
    train["validation"] = {{"step", {0, 4, 8, 40}}, {"loss", {6.2, 6.0, 5.8, 2.4}}};
    train["numbers"]["loss"]["value"] = 2.5;
  });
  ASSERT_EQ(draw("arm_losses", {"learned", "frozen", "thin16"}), 0) << error_;
  EXPECT_THAT(svg("arm_losses"), AllOf(HasSubstr("thin16, 2.50 at step 40"),
                                       HasSubstr(name_and_loss("frozen", "frozen"))));
}

TEST_F(FigureProgram, EveryArmIsDrawn) {
  const auto arms = GoldenRun::arms();
  ASSERT_GE(arms.size(), 10u);
  EXPECT_EQ(draw("arm_losses", arms), 0) << error_;
}

/// Nothing to take a difference from: the losses alone, at full width.
TEST_F(FigureProgram, OneArmHasNoDifferences) {
  ASSERT_EQ(draw("arm_losses"), 0) << error_;
  EXPECT_THAT(svg("arm_losses"), AllOf(HasSubstr(name_and_loss("learned", "learned")),
                                       Not(HasSubstr("above learned"))));
}

TEST_F(FigureProgram, WithoutGnuplotSaysSo) {
  EXPECT_EQ(draw_loss("/nowhere"), 1);
  EXPECT_THAT(error_, AllOf(HasSubstr("cannot start gnuplot"), HasSubstr("install")));
}

TEST_F(FigureProgram, WithABrokenGnuplotFails) {
  EXPECT_EQ(draw_loss(path_with_gnuplot("echo 'line 0: no fonts' >&2\nexit 3")), 1);
  EXPECT_THAT(error_, HasSubstr("no fonts"));
  EXPECT_FALSE(fs::exists(drawn("loss", ".png")));
}

TEST_F(FigureProgram, WithAGnuplotThatIsKilledFails) {
  const auto path = path_with_gnuplot("echo '<?xml'\nkill -KILL $$");
  EXPECT_EQ(draw_loss(path), 1);
  EXPECT_THAT(error_, HasSubstr("gnuplot failed"));
  EXPECT_FALSE(fs::exists(drawn("loss", ".svg")));
}

/// A caller that ignores its children passes that on.
TEST_F(FigureProgram, FailuresCountAlsoWhereChildrenAreIgnored) {
  EXPECT_EQ(draw_loss(path_with_gnuplot("echo '<?xml'\nexit 3"), "trap '' CHLD"), 1);
  EXPECT_EQ(draw_loss(path_with_gnuplot("echo '<?xml'\nkill -KILL $$"), "trap '' CHLD"), 1);
  EXPECT_FALSE(fs::exists(drawn("loss", ".svg")));
  EXPECT_EQ(draw_loss(std::getenv("PATH"), "trap '' CHLD"), 0) << error_;
}

}  // namespace
}  // namespace rc
