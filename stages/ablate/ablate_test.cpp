#include <gtest/gtest.h>

#include <set>

#include "stages/ablate/experiment.h"
#include "stages/ablate/report.h"

namespace rc {
namespace {

ModelConfig tiny() {
  ModelConfig c;
  c.layers = 2, c.d_model = 16, c.heads = 2, c.kv_heads = 1, c.d_k = 8, c.d_v = 8, c.d_ff = 24;
  c.context = 12, c.vocabulary = 20;
  return c;
}

Weights with_gains() {
  auto w = initial_weights(tiny(), 0, 0.3);
  w.layers[0].gain_k = torch::tensor({1.0f, -3.0f, 0.5f, 2.0f, 0.1f, 1.5f, 0.7f, -0.2f});
  return w;
}

TEST(Orders, RankByTheSizeOfTheGain) {
  const auto& rules = order_rules();
  EXPECT_EQ(rules[0].rank(with_gains())[0], (std::vector<long>{4, 7, 2, 6, 0, 5, 3, 1}));
  EXPECT_EQ(rules[1].rank(with_gains())[0], (std::vector<long>{1, 3, 5, 0, 6, 2, 7, 4}));
  EXPECT_EQ(rules[0].rank(with_gains())[1], (std::vector<long>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(Orders, RandomOnesArePermutationsThatDifferByDrawAndLayer) {
  const auto a = random_order(with_gains(), 1, 0), b = random_order(with_gains(), 1, 1);
  EXPECT_EQ(std::set<long>(a[0].begin(), a[0].end()).size(), 8u);
  EXPECT_NE(a[0], a[1]);
  EXPECT_NE(a[0], b[0]);
  EXPECT_EQ(a, random_order(with_gains(), 1, 0));
}

TEST(ZeroGains, CutsTheFirstAndLeavesTheOriginalAlone) {
  const auto weights = with_gains();
  const auto cut = zero_gains(weights, order_rules()[0].rank(weights), 3);
  EXPECT_EQ(cut.layers[0].gain_k.count_nonzero().item<long>(), 5);
  EXPECT_EQ(cut.layers[0].gain_k[4].item<float>(), 0);
  EXPECT_EQ(weights.layers[0].gain_k.count_nonzero().item<long>(), 8);
}

TEST(DimensionsCut, RoundsToTheNearest) {
  EXPECT_EQ(dimensions_cut(5, 64), 3);
  EXPECT_EQ(dimensions_cut(60, 64), 38);
  EXPECT_EQ(dimensions_cut(95, 64), 61);
  EXPECT_EQ(dimensions_cut(100, 64), 64);
}

TEST(Rise, IsThePairedDifferenceOfMeans) {
  const auto number = rise({2.0, 4.0, 6.0}, {1.0, 3.0, 5.0}, 100);
  EXPECT_DOUBLE_EQ(number.value, 1.0);
  EXPECT_DOUBLE_EQ(number.interval->lo, 1.0);  // every sequence rises by exactly 1
  EXPECT_DOUBLE_EQ(number.interval->hi, 1.0);
  EXPECT_DOUBLE_EQ(rise_share({1.5, 1.5}, {1.0, 1.0}, {3.0, 3.0}, 50).value, 0.25);
}

TEST(RemovablePercent, EndsBeforeTheFirstRiseThatIsNoticed) {
  const std::vector<long> percents = {0, 20, 40, 60, 80};
  const Curve curve = {{1.0}, {1.005}, {1.02}, {1.001}, {1.5}};
  EXPECT_EQ(removable_percent(curve, percents, {1.0}, {2.0}, 0.01), 20);
}

TEST(Experiment, SharesItsEndsAndCountsItsEvaluations) {
  const auto config = tiny();
  Transformer model(config, with_gains(), torch::kCPU);
  const auto batch = fixed_batch(torch::arange(60, torch::kInt32) * 7 % 20, 3, 12, false, "x");
  const ExperimentOptions options{percent_grid(25), 2, 0};
  long ticks = 0;
  const auto e = run_experiment(model, batch, options, [&](long) { ++ticks; });
  EXPECT_EQ(ticks, evaluation_count(options));
  EXPECT_EQ(e.percents, (std::vector<long>{0, 25, 50, 75, 100}));
  EXPECT_EQ(e.curves.at("low_gain").front(), e.baseline);
  EXPECT_EQ(e.random[1].back(), e.floor);
  EXPECT_NE(e.curves.at("low_gain")[2], e.curves.at("high_gain")[2]);
  EXPECT_EQ(model.weights.layers[0].gain_k.count_nonzero().item<long>(), 8);  // put back
  const auto numbers = ablation_numbers(e, 50);
  EXPECT_TRUE(numbers.contains("ablate.random.50.share"));
  EXPECT_NEAR(numbers.at("ablate.low_gain.100.share").value, 1.0, 1e-9);
}

}  // namespace
}  // namespace rc
