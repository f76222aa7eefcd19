#include "stages/ablate/thirds.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stages/ablate/ablation_report.h"
#include "stages/ablate/test_model.h"

namespace rc {
namespace {

TEST(Thirds, AreTheGroupsOfMeasureRank) {
  const auto thirds = thirds_of(22);
  ASSERT_EQ(thirds.size(), 3u);
  EXPECT_EQ(thirds[0].layers.end, 7u);
  EXPECT_EQ(thirds[1].layers.first, 7u);
  EXPECT_EQ(thirds[1].layers.end, 14u);
  EXPECT_EQ(thirds[2].layers.first, 14u);
  EXPECT_EQ(thirds[2].layers.end, 22u);
  const auto of_two = thirds_of(2);  // no layer is early
  ASSERT_EQ(of_two.size(), 2u);
  EXPECT_EQ(of_two[0].name, "middle");
}

/// Two layers: the middle third is the first, the deep one the second.
class ThirdsOfTinyModel : public ::testing::Test {
 protected:
  void SetUp() override {
    Evaluator evaluate(key_model(Transformer(tiny_.model.config, tiny_.model.weights, torch::kCPU)),
                       tiny_batch(), [&](long done) { sequences_done_ = done; });
    const auto all = evaluate.all_rows();
    yardstick_ = {sequences_of(evaluate.losses(tiny_.model.weights, all)),
                  sequences_of(evaluate.losses(without_keys(tiny_.model.weights), all))};
    const long before = sequences_done_;
    thirds_ = run_thirds(evaluate, tiny_.trained(), options_, yardstick_);
    sequences_done_ -= before;
  }
  TinyModel tiny_;
  ExperimentOptions options_{percent_grid(25), {"low_gain", "high_gain", "random"}, 3, 2};
  Yardstick yardstick_;
  std::vector<ThirdExperiment> thirds_;
  long sequences_done_ = 0;
};

TEST_F(ThirdsOfTinyModel, RunTheOrdersThatAreForThirds) {
  ASSERT_EQ(thirds_.size(), 2u);
  for (const auto& e : thirds_) {
    EXPECT_EQ(e.curves.size(), 2u);
    EXPECT_FALSE(e.curves.contains("high_gain"));
  }
  EXPECT_EQ(thirds_[0].percents, (std::vector<long>{20, 40, 50, 60, 80}));
  EXPECT_EQ(thirds_[1].percents, options_.percents);
  EXPECT_EQ(thirds_[1].curves.at("low_gain").back().losses,
            thirds_[1].curves.at("random").back().losses);
}

TEST_F(ThirdsOfTinyModel, CutOneThirdAlone) {
  const auto some = rows_that_stand_for_all(yardstick_, 2);
  const auto& rule = order_named("low_gain");
  const auto cut = within(rule.cut(tiny_.trained(), 60, 0), {0, 1});
  Evaluator evaluate(key_model(Transformer(tiny_.model.config, tiny_.model.weights, torch::kCPU)),
                     tiny_batch(), [](long) {});
  const auto expected = sequences_of(evaluate.losses(zero_gains(tiny_.model.weights, cut), some));
  const auto& point = thirds_[0].curves.at("low_gain")[3];
  EXPECT_EQ(point.rows, some);
  for (std::size_t s = 0; s < 2; ++s) EXPECT_NEAR(point.losses[s], expected[s], 1e-5);
}

TEST_F(ThirdsOfTinyModel, AreCountedApartFromDecidingShares) {
  // Middle: 5 points of 2 orders and 2 sequences; deep: 7 points, and all of it cut once.
  EXPECT_EQ(third_evaluation_count(options_, 2, 3), 5 * 2 * 2 + 7 * 2 * 2 + 3);
  EXPECT_GE(sequences_done_, third_evaluation_count(options_, 2, 3));
}

TEST_F(ThirdsOfTinyModel, LetEverySequenceDecideWhatGoesFromTheDeepOne) {
  const auto& e = thirds_[1];
  for (const char* order : {"low_gain", "random"}) {
    const auto& curve = e.curves.at(order);
    const long percent = removable_percent(curve, e.percents, yardstick_);
    const auto edge = std::ranges::find(e.percents, percent) - e.percents.begin();
    for (long i = 0; i <= edge + 1; ++i)
      EXPECT_EQ(curve.at(static_cast<std::size_t>(i)).rows.size(), 3u) << order << " " << i;
  }
}

TEST_F(ThirdsOfTinyModel, GiveNumbersByThirdAndWhatGoesFromTheDeepOne) {
  const auto numbers = third_numbers(thirds_, yardstick_);
  EXPECT_TRUE(numbers.contains("ablate.middle.random.60"));
  EXPECT_TRUE(numbers.contains("ablate.deep.low_gain.20.share"));
  EXPECT_FALSE(numbers.contains("ablate.deep.low_gain.25"));
  EXPECT_EQ(third_curves(thirds_, yardstick_).at("deep").at("layers"), (nlohmann::json{1, 1}));
}

/// Curves of which all cuts up to `low` and `random` percent go unnoticed.
ThirdExperiment deep_third(long low, long random) {
  ThirdExperiment e{{kDeep, {1, 2}}, {0, 20, 40, 60, 80, 100}, {}};
  for (const long percent : e.percents) {
    e.curves["low_gain"].push_back({{0, 1}, Sequences(2, percent > low ? 1.5 : 1.0)});
    e.curves["random"].push_back({{0, 1}, Sequences(2, percent > random ? 1.5 : 1.0)});
  }
  return e;
}

TEST(GhostRemovable, IsTheLargestShareThatGoesUnnoticedAndTheBestOfAllOrders) {
  const Yardstick yardstick{{1.0, 1.0}, {2.0, 2.0}};
  const auto value = [&](const ThirdExperiment& e, const char* order) {
    return third_numbers({e}, yardstick).at(std::string("ghost.removable.deep.") + order).value;
  };
  EXPECT_DOUBLE_EQ(value(deep_third(60, 20), "low_gain"), 0.6);
  EXPECT_DOUBLE_EQ(value(deep_third(60, 20), "random"), 0.2);
  EXPECT_DOUBLE_EQ(value(deep_third(60, 20), "best"), 0.6);
  EXPECT_DOUBLE_EQ(value(deep_third(20, 80), "best"), 0.8);
}

}  // namespace
}  // namespace rc
