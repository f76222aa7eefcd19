#include <gtest/gtest.h>

#include "pipeline/statistics/statistics.h"
#include "stages/ablate/ablation_report.h"
#include "stages/ablate/test_model.h"

namespace rc {
namespace {

class Operations : public ::testing::Test {
 protected:
  Evaluator evaluator(const Batch& batch = tiny_batch()) {
    return {key_model(Transformer(tiny_.model.config, tiny_.model.weights, torch::kCPU)), batch,
            [&](long done) { sequences_done_ = done; }};
  }
  Experiment run(const ExperimentOptions& options) {
    auto evaluate = evaluator();
    return run_experiment(evaluate, tiny_.trained(), options);
  }
  TinyModel tiny_;
  long sequences_done_ = 0;
};

/// Of three sequences two are looked at where no rule reads.
const ExperimentOptions kSome{percent_grid(25), {"low_gain", "high_gain", "random"}, 2, 2};
constexpr std::size_t k25 = 2, k60 = 5, k80 = 7;  // in 0, 20, 25, 40, 50, 60, 75, 80, 100

TEST_F(Operations, ShareTheirEnds) {
  const auto e = run(kSome);
  EXPECT_EQ(e.percents, (std::vector<long>{0, 20, 25, 40, 50, 60, 75, 80, 100}));
  const auto& low = e.curves.at("low_gain");
  EXPECT_EQ(low.front().losses, sequences_of(e.baseline));
  EXPECT_EQ(e.curves.at("random").back().losses, sequences_of(e.floor));
  EXPECT_NE(low[k60].losses, e.curves.at("high_gain")[k60].losses);
}

TEST_F(Operations, TakeAllSequencesWhereRulesRead) {
  auto options = kSome;
  options.orders = {"slowest", "frequency"};
  const auto e = run(options);
  const auto some = rows_that_stand_for_all(e.yardstick(), 2);
  const auto& judged = e.curves.at("slowest");
  const auto& shown = e.curves.at("frequency");
  for (std::size_t p = 1; p + 1 < judged.size(); ++p) {
    const bool few = options.percents[p] == 25 || options.percents[p] == 75;
    EXPECT_EQ(judged[p].rows, few ? some : (Rows{0, 1, 2})) << options.percents[p];
    EXPECT_EQ(shown[p].rows, some) << options.percents[p];
  }
}

TEST_F(Operations, AreCounted) {
  auto options = kSome;
  options.orders = {"pair", "high_gain"};  // no removable share of theirs is decided
  run(options);
  EXPECT_EQ(evaluation_count(options, 3), 2 * 3 + (5 * 3 + 2 * 2) + 7 * 2);
  EXPECT_EQ(sequences_done_, evaluation_count(options, 3));
}

TEST_F(Operations, KeepTheTokenLossesThatDifficultyIsSeenBy) {
  const auto e = run(kSome);
  const auto losses = difficulty_losses(e);
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_EQ(losses.at("baseline").scalar_type(), torch::kFloat32);
  EXPECT_EQ(losses.at("random").sizes(), tiny_batch().ids.sizes());
  EXPECT_NEAR(losses.at("low_gain").mean().item<double>(),
              mean(e.curves.at("low_gain")[k80].losses), 1e-6);
  auto brief = kSome;
  brief.orders = {"low_gain"};
  EXPECT_TRUE(difficulty_losses(run(brief)).empty());
}

TEST_F(Operations, GiveNumbersForEveryOrder) {
  const auto e = run(kSome);
  const auto numbers = ablation_numbers(e);
  EXPECT_NEAR(numbers.at("ablate.random.50").value,
              mean(e.curves.at("random")[4].losses) - mean(sequences_of(e.baseline)), 1e-12);
  EXPECT_TRUE(numbers.contains("ablate.high_gain.80.share"));
  EXPECT_TRUE(numbers.contains("ablate.removable_fraction.random"));
  EXPECT_FALSE(numbers.contains("ablate.removable_fraction.high_gain"));
}

TEST_F(Operations, DrawAPointOverTheBaselineOfItsOwnSequences) {
  const auto e = run(kSome);
  const auto& point = e.curves.at("high_gain")[k25];
  const auto baseline = sequences_of(e.baseline);
  const double first = baseline.at(point.rows.at(0)), second = baseline.at(point.rows.at(1));
  const auto order = ablation_curves(e).at("orders").at("high_gain");
  EXPECT_EQ(order.at("sequences")[k25], 2);
  EXPECT_NEAR(order.at("loss")[k25].get<double>(),
              mean(baseline) + mean(point.losses) - (first + second) / 2, 1e-12);
}

TEST_F(Operations, CarryWhatTheirRulesSay) {
  const auto report = ablation_curves(run(kSome));
  ASSERT_EQ(report.at("orders").size(), kSome.orders.size());
  for (const auto& [name, order] : report.at("orders").items()) {
    const auto& rule = order_named(name);
    EXPECT_EQ(order.at("title"), rule.title);
    EXPECT_EQ(order.at("legend"), rule.legend);
    EXPECT_EQ(order.at("random"), rule.is(kRandom));
    EXPECT_EQ(order.at("original"), name == kOriginalOrder);
    EXPECT_EQ(order_rules().at(order.at("place")).name, name);
  }
  const auto& questions = report.at("questions");
  ASSERT_EQ(questions.size(), std::size(kQuestions));
  EXPECT_EQ(questions[0].at("question"), report["orders"][kOriginalOrder].at("question"));
  EXPECT_EQ(report.at("shown_percents").size(), std::size(kShownPercents));
}

TEST_F(Operations, AreReportedByPosition) {
  const auto e = run(kSome);
  const auto numbers = position_numbers(e);
  EXPECT_TRUE(numbers.contains("position.last.random.60"));
  // Shorter than kEdge: first and last are the whole sequence.
  EXPECT_NEAR(numbers.at("position.first.attention_benefit").value,
              mean(sequences_of(e.floor)) - mean(sequences_of(e.baseline)), 1e-9);
}

TEST_F(Operations, OnRepeatedSequencesLookAtTheSecondHalf) {
  const auto batch = repeated_batch(tiny_.model.config, 3, false, 0);
  EXPECT_TRUE(torch::equal(batch.ids.narrow(1, 0, 6), batch.ids.narrow(1, 6, 6)));
  EXPECT_TRUE(torch::equal(batch.labels.narrow(1, 0, 11), batch.ids.narrow(1, 1, 11)));
  auto evaluate = evaluator(batch);
  const auto whole =
      sequences_of(evaluate.losses(tiny_.model.weights, evaluate.all_rows()).narrow(1, 6, 6));
  const auto induction = run_induction(evaluate, tiny_.trained(), kSome);
  EXPECT_EQ(induction.baseline, whole);
  EXPECT_NE(induction.orders.at("random"), induction.floor);
  const auto numbers = induction_numbers(induction);
  EXPECT_TRUE(numbers.contains("induction.low_gain.60"));
  EXPECT_FALSE(numbers.contains("induction.high_gain.60"));
}

}  // namespace
}  // namespace rc
