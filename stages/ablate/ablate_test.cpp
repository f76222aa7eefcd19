#include <gtest/gtest.h>

#include "model/evaluate.h"
#include "pipeline/statistics/statistics.h"
#include "stages/ablate/ablation_report.h"
#include "stages/ablate/test_model.h"

namespace rc {
namespace {

class Operations : public ::testing::Test {
 protected:
  Experiment run(const ExperimentOptions& options) {
    Evaluator evaluate(model_, [&](long) { ++ticks_; });
    return run_experiment(evaluate, tiny_.trained(), tiny_batch(), options);
  }
  TinyModel tiny_;
  Transformer model_{tiny_.model.config, tiny_.model.weights, torch::kCPU};
  long ticks_ = 0;
};

const ExperimentOptions kSome{percent_grid(25), {"low_gain", "high_gain", "random"}, 2};

TEST_F(Operations, ShareTheirEndsAndAreCounted) {
  const auto e = run(kSome);
  EXPECT_EQ(ticks_, evaluation_count(kSome));
  EXPECT_EQ(e.percents, (std::vector<long>{0, 25, 50, 60, 75, 80, 100}));
  const auto& low = e.curves.at("low_gain").front();
  EXPECT_EQ(low.front(), sequences_of(e.baseline));
  EXPECT_EQ(e.curves.at("random")[1].back(), sequences_of(e.floor));
  EXPECT_NE(low[2], e.curves.at("high_gain").front()[2]);
  EXPECT_EQ(model_.weights.layers[0].gain_k.count_nonzero().item<long>(), 8);  // put back
}

TEST_F(Operations, KeepTheMeanTokenLossesOverDraws) {
  const auto e = run(kSome);
  const auto mean = sequences_of(e.tokens.at("random").at(80));
  const auto& draws = e.curves.at("random");
  EXPECT_NEAR(mean[1], (draws[0][5][1] + draws[1][5][1]) / 2, 1e-12);  // 80 % is the sixth
}

TEST_F(Operations, GiveNumbersForEveryOrder) {
  const auto numbers = ablation_numbers(run(kSome));
  EXPECT_TRUE(numbers.contains("ablate.random.50.share"));
  EXPECT_NEAR(numbers.at("ablate.low_gain.100.share").value, 1.0, 1e-9);
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

TEST_F(Operations, KeepTheTokenLossesThatDifficultyIsSeenBy) {
  const auto e = run(kSome);
  const auto losses = difficulty_losses(e);
  ASSERT_EQ(losses.size(), 3u);
  EXPECT_EQ(losses.at("baseline").scalar_type(), torch::kFloat32);
  EXPECT_EQ(losses.at("random").sizes(), tiny_batch().ids.sizes());
  EXPECT_NEAR(losses.at("low_gain").mean().item<double>(), mean(e.curves.at("low_gain")[0][5]),
              1e-6);  // 80 % is the sixth
  auto brief = kSome;
  brief.orders = {"low_gain"};
  EXPECT_TRUE(difficulty_losses(run(brief)).empty());
}

TEST_F(Operations, OnRepeatedSequencesLookAtTheSecondHalf) {
  const auto batch = repeated_batch(tiny_.model.config, 3, false, 0);
  EXPECT_TRUE(torch::equal(batch.ids.narrow(1, 0, 6), batch.ids.narrow(1, 6, 6)));
  EXPECT_TRUE(torch::equal(batch.labels.narrow(1, 0, 11), batch.ids.narrow(1, 1, 11)));
  const auto whole =
      sequences_of(evaluate_tokens(model_, batch, 3).to(torch::kFloat64).narrow(1, 6, 6));
  Evaluator evaluate(model_, [&](long) { ++ticks_; });
  const auto losses = run_induction(evaluate, tiny_.trained(), batch, 2);
  EXPECT_EQ(ticks_, induction_count(2));
  EXPECT_NEAR(losses.baseline[0], whole[0], 1e-6);
  EXPECT_NE(losses.random[0], losses.floor[0]);
}

}  // namespace
}  // namespace rc
