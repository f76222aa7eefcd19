#include "stages/correlate/agreement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "pipeline/statistics/statistics.h"
#include "stages/correlate/correlation_report.h"

namespace rc {
namespace {

constexpr NullSettings kSettings{.draws = 199, .seed = 3};

/// Layers that share a pattern, with a little noise of their own.
Rows sharing_gains(std::size_t layers, std::size_t width) {
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal(0, 0.02);
  Rows rows(layers, std::vector<double>(width));
  for (auto& row : rows)
    for (std::size_t i = 0; i < width; ++i)
      row[i] = 1 + 0.3 * std::sin(1.7 * static_cast<double>(i * i)) + normal(random);
  return rows;
}

Rows unrelated_gains(std::size_t layers, std::size_t width) {
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal(1, 0.2);
  Rows rows(layers, std::vector<double>(width));
  for (auto& row : rows)
    for (auto& g : row) g = normal(random);
  return rows;
}

double value(const Numbers& numbers, const std::string& name) { return numbers.at(name).value; }

TEST(AgreementNumbers, LayersThatShareAPattern) {
  const auto numbers = agreement_numbers({sharing_gains(8, 32)}, kSettings);
  EXPECT_GT(value(numbers, "correlate.pearson.mean"), 0.95);
  EXPECT_LT(value(numbers, "correlate.pearson.null_99"), 0.3);
  EXPECT_NEAR(value(numbers, "correlate.pearson.p"), 1.0 / 200, 1e-12);
  EXPECT_GT(value(numbers, "correlate.top8.overlap"), 6);
  EXPECT_DOUBLE_EQ(value(numbers, "correlate.top8.null"), 2);
  for (const auto* name : {"correlate.spearman.p", "correlate.top8.p", "correlate.pair_level.p",
                           "correlate.pair_difference.p"})
    EXPECT_NEAR(value(numbers, name), 1.0 / 200, 1e-12) << name;
  EXPECT_NEAR(value(numbers, "correlate.cosine.null_mean"),
              value(numbers, "correlate.cosine.from_cv"), 1e-3);
  EXPECT_LE(value(numbers, "correlate.cosine.min"), value(numbers, "correlate.cosine.mean"));
}

TEST(AgreementNumbers, IndependentLayersAreNoRarityUnderAnyNull) {
  const auto numbers = agreement_numbers({unrelated_gains(12, 64)}, kSettings);
  for (const auto* name : {"correlate.pearson.p", "correlate.spearman.p", "correlate.top8.p",
                           "correlate.pair_level.p", "correlate.pair_difference.p"})
    EXPECT_GT(value(numbers, name), 0.02) << name;
}

TEST(AgreementNumbers, SpearmanSeesOrderAlone) {
  // One order through two steep curves: ranks agree fully, numbers of unlike layers hardly.
  const auto order = unrelated_gains(1, 32)[0];
  Rows gains(6, order);
  for (std::size_t i = 0; i < 32; ++i) {
    gains[1][i] = gains[3][i] = std::exp(20 * order[i]);
    gains[2][i] = gains[4][i] = -std::exp(-20 * order[i]);
  }
  const auto numbers = agreement_numbers({gains}, kSettings);
  EXPECT_NEAR(value(numbers, "correlate.spearman.mean"), 1, 1e-12);
  EXPECT_NEAR(value(numbers, "correlate.spearman.p"), 1.0 / 200, 1e-12);
  EXPECT_LT(value(numbers, "correlate.pearson.mean"), 0.7);
}

TEST(AgreementNumbers, SmoothPatternsAreRarerPermutedThanTurned) {
  // One slow wave in each of five layers that count, 0.6 rad apart: their mean cosine is 0.32. Five
  // random phases reach that once in ten times: |sum|^2 / 5 is about exponential, and is 2.28 here.
  Rows gains(7, std::vector<double>(64));
  for (int l = 0; l < 7; ++l)
    for (int i = 0; i < 64; ++i)
      gains.at(l).at(i) = 1 + 0.1 * std::sin(std::numbers::pi / 32 * i + 0.6 * l);
  EXPECT_NEAR(value(agreement_numbers({gains}, kSettings), "correlate.pair_level.p"), 0.1, 0.05);
  const auto levels = pair_levels(choose(gains, inner_layers(7)), Pairing::kInterleaved);
  const auto units = centred_unit_rows(levels);
  const auto permuted = null_draws(units, Shuffle::kPermutation, kSettings.draws, kSettings.seed);
  EXPECT_NEAR(permutation_p(pair_mean(products(units)), permuted.mean), 1.0 / 200, 1e-12);
}

/// Pair i of a layer gets the level of the frequency it turns with, the same in every layer.
ModelGains gains_by_frequency(std::size_t layers, std::size_t pairs) {
  const auto level = unrelated_gains(1, pairs)[0];
  std::mt19937_64 random(12);
  std::vector<long> steps(pairs);
  std::iota(steps.begin(), steps.end(), 0L);
  ModelGains model;
  for (std::size_t l = 0; l < layers; ++l) {
    std::ranges::shuffle(steps, random);
    model.rotary_pairs.push_back(steps);
    model.keys.emplace_back();
    for (const auto step : steps)
      for (const double member : {0.1, -0.1})  // the level is the mean of the two
        model.keys.back().push_back(level[static_cast<std::size_t>(step)] + member);
  }
  return model;
}

TEST(ByFrequency, FindsAPatternThatLayersHaveScattered) {
  const auto numbers = agreement_numbers(gains_by_frequency(14, 32), kSettings);
  EXPECT_NEAR(value(numbers, "correlate.by_frequency.mean"), 1, 1e-12);
  EXPECT_NEAR(value(numbers, "correlate.by_frequency.p"), 1.0 / 200, 1e-12);
  // 66 pairs of layers, each 0 +- 1 / sqrt(31).
  EXPECT_NEAR(value(numbers, "correlate.pair_level.mean"), 0, 0.09);
  EXPECT_GT(value(numbers, "correlate.pair_level.p"), 0.01);
  EXPECT_LT(value(numbers, "correlate.by_frequency.null_99"), 0.3);
}

TEST(ByFrequency, IsThePairLevelWherePairsStandInOrder) {
  auto model = gains_by_frequency(6, 16);
  for (auto& layer : model.rotary_pairs) std::ranges::sort(layer);
  const auto numbers = agreement_numbers(model, kSettings);
  for (const std::string part : {".mean", ".null_99", ".p"})
    EXPECT_EQ(value(numbers, "correlate.by_frequency" + part),
              value(numbers, "correlate.pair_level" + part));
}

TEST(ByFrequency, ConstantAndOuterLayersTakeTheirStepsAlong) {
  auto model = gains_by_frequency(8, 16);
  model.keys[3].assign(32, 1.0);
  model.keys[0].assign(32, 5.0);
  EXPECT_NEAR(value(agreement_numbers(model, kSettings), "correlate.by_frequency.mean"), 1, 1e-12);
}

TEST(ByFrequency, IsLeftOutWhereNothingIsKnownOfFrequencies) {
  const auto numbers = agreement_numbers({sharing_gains(6, 16)}, kSettings);
  for (const auto& [name, number] : numbers)
    EXPECT_FALSE(name.starts_with("correlate.by_frequency")) << name;
}

TEST(AgreementNumbers, FirstAndLastLayerDoNotCount) {
  auto gains = sharing_gains(6, 32);
  const auto before = agreement_numbers({gains}, kSettings);
  for (const auto layer : {0, 5})
    for (auto& g : gains[layer]) g = -g * g;
  const auto after = agreement_numbers({gains}, kSettings);
  EXPECT_EQ(value(before, "correlate.pearson.mean"), value(after, "correlate.pearson.mean"));
  EXPECT_EQ(value(before, "correlate.cosine.min"), value(after, "correlate.cosine.min"));
}

TEST(AgreementNumbers, ConstantGainsHaveACosineAndNoCorrelation) {
  const Rows frozen(6, std::vector<double>(16, 1.0));
  const auto numbers = agreement_numbers({frozen}, kSettings);
  EXPECT_NEAR(value(numbers, "correlate.cosine.mean"), 1, 1e-12);
  EXPECT_NEAR(value(numbers, "correlate.cosine.from_cv"), 1, 1e-12);
  for (const auto* name : {"correlate.pearson.mean", "correlate.pearson.p",
                           "correlate.spearman.mean", "correlate.top8.overlap"})
    EXPECT_FALSE(numbers.contains(name)) << name;
}

TEST(AgreementNumbers, LayersWhoseGainsAreZeroHaveNoCosine) {
  auto gains = sharing_gains(5, 16);
  const auto before = agreement_numbers({gains}, kSettings);
  gains.insert(gains.begin() + 2, std::vector<double>(16, 0.0));
  const auto after = agreement_numbers({gains}, kSettings);
  for (const auto* name :
       {"correlate.cosine.mean", "correlate.cosine.min", "correlate.cosine.from_cv",
        "correlate.pearson.mean", "correlate.spearman.mean"})
    EXPECT_EQ(value(after, name), value(before, name)) << name;
  EXPECT_TRUE(agreement_numbers({Rows(6, std::vector<double>(16, 0.0))}, kSettings).empty());
}

TEST(AgreementNumbers, OneInnerLayerIsNoPair) {
  EXPECT_TRUE(agreement_numbers({sharing_gains(3, 16)}, kSettings).empty());
}

TEST(AgreementMatrices, ConstantLayersAreNull) {
  auto gains = sharing_gains(4, 16);
  gains[2].assign(16, 0.7);
  const auto matrices = agreement_matrices(gains, kSettings);
  EXPECT_EQ(matrices["constant_layers"], nlohmann::json{2});
  EXPECT_TRUE(matrices["pearson"][2][2].is_null());
  EXPECT_TRUE(matrices["spearman"][0][2].is_null());
  EXPECT_NEAR(matrices["pearson"][1][1].get<double>(), 1, 1e-12);
  EXPECT_TRUE(matrices["cosine"][2][0].is_number());
  EXPECT_TRUE(matrices["by_distance"]["pearson"][0].is_null());
  EXPECT_TRUE(matrices["by_distance"]["cosine"][0].is_number());
}

TEST(AgreementMatrices, GainsThatAreZeroAreNullAgainstAnyOther) {
  auto gains = sharing_gains(4, 16);
  gains[2].assign(16, 0.0);
  const auto matrices = agreement_matrices(gains, kSettings);
  EXPECT_TRUE(matrices["cosine"][2][0].is_null() && matrices["cosine"][1][2].is_null());
  EXPECT_TRUE(matrices["cosine"][1][0].is_number());
  EXPECT_TRUE(matrices["by_distance"]["cosine"][0].is_null());
}

TEST(AgreementMatrices, BandHoldsIndependentLayersAtEveryDistance) {
  const auto curves = agreement_matrices(unrelated_gains(10, 32), kSettings)["by_distance"];
  ASSERT_EQ(curves["distance"].size(), 9u);
  EXPECT_EQ(curves["distance"][8], 9);
  int inside = 0;
  for (int i = 0; i < 9; ++i)
    inside +=
        curves["null_lo"][i] < curves["pearson"][i] && curves["pearson"][i] < curves["null_hi"][i];
  EXPECT_GE(inside, 7);
  EXPECT_LT(curves["null_hi"][0], curves["null_hi"][8]);  // nine pairs against one
}

TEST(RunReport, FrozenGainsAreSaidToBeUndefinedAndNothingIsNaN) {
  const Rows frozen(6, std::vector<double>(16, 1.0));
  const GainHistory history{
      .steps = {0, 10}, .keys = {frozen, frozen}, .queries = {frozen, frozen}};
  const auto report = run_report(history, kSettings);
  EXPECT_TRUE(report["undefined"].contains("correlate.pearson.mean"));
  EXPECT_TRUE(report["undefined"].contains("gains.lock_in.step_fraction"));
  EXPECT_FALSE(report["undefined"].contains("correlate.cosine.mean"));
  for (const auto& [name, number] : report["numbers"].items())
    EXPECT_TRUE(number["value"].is_number() && std::isfinite(number["value"].get<double>()))
        << name;
  EXPECT_EQ(report["numbers"]["gains.cv.layer_mid"]["value"], 0);
  EXPECT_EQ(report["numbers"]["gains.fading.median"]["value"], 0);
  EXPECT_TRUE(report["undefined"].contains("gains.skewness.layer_mid"));
}

TEST(RunReport, GainsThatAreZeroEverywhereLeaveOutWhatTheyLeaveUndefined) {
  const Rows zero(6, std::vector<double>(16, 0.0));
  const GainHistory history{.steps = {0, 10},
                            .keys = {sharing_gains(6, 16), zero},
                            .queries = {zero, zero},
                            .rotary_pairs = RotarySteps(6, {0, 1, 2, 3, 4, 5, 6, 7}),
                            .frequencies = {.base = 100, .width = 16}};
  const auto report = run_report(history, kSettings);
  for (const auto* name : {"correlate.cosine.mean", "correlate.pearson.mean", "gains.cv.layer_mid",
                           "gains.skewness.layer_mid", "gains.spearman_with_wavelength"}) {
    EXPECT_TRUE(report["undefined"].contains(name)) << name;
    EXPECT_FALSE(report["numbers"].contains(name)) << name;
  }
  const auto fields = report.flatten();
  for (const auto& [where, field] : fields.items())
    EXPECT_TRUE(!field.is_number() || std::isfinite(field.get<double>())) << where;
}

TEST(RunReport, HoldsTheWholeHistory) {
  const auto gains = sharing_gains(6, 16);
  const Rows ones(6, std::vector<double>(16, 1.0));
  const auto report = run_report({.steps = {0, 5, 10},
                                  .keys = {ones, gains, gains},
                                  .queries = {ones, ones, ones},
                                  .rotary_pairs = RotarySteps(6, {0, 1, 2, 3, 4, 5, 6, 7}),
                                  .frequencies = {.base = 100, .width = 16}},
                                 kSettings);
  EXPECT_EQ(report["steps"], (nlohmann::json{0, 5, 10}));
  EXPECT_EQ(report["gains_k"][1][3][7], gains[3][7]);
  EXPECT_EQ(report["gains_q"][2][0][0], 1);
  EXPECT_EQ(report["smallest_gain"][0], nlohmann::json(std::vector<double>(6, 1.0)));
  EXPECT_EQ(report["smallest_gain"][1][3], std::ranges::min(gains[3]));
  EXPECT_EQ(report["numbers"]["gains.lock_in.step_fraction"]["value"], 0.5);
  EXPECT_FALSE(report.contains("undefined"));
}

}  // namespace
}  // namespace rc
