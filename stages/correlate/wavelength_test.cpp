#include "stages/correlate/wavelength.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "stages/correlate/correlation_report.h"

namespace rc {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

TEST(Wavelengths, GrowFromOneTurnInTwoPiTokens) {
  // 10000^(2 s / 8) = 10^s.
  const auto tokens = wavelengths({{0, 1, 2, 3}, {3, 0, 2, 1}}, {.base = 10000, .width = 8});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(tokens[0][i], kTurn * std::pow(10, i), 1e-9);
  EXPECT_EQ(tokens[1], (std::vector{tokens[0][3], tokens[0][0], tokens[0][2], tokens[0][1]}));
}

/// Two pairs are left of the four that the model was trained with.
TEST(Wavelengths, OfAModelThatLostPairsAreThoseItWasTrainedWith) {
  const auto tokens = wavelengths({{1, 3}}, {.base = 10000, .width = 8});
  EXPECT_NEAR(tokens[0][0], kTurn * 10, 1e-9);
  EXPECT_NEAR(tokens[0][1], kTurn * 1000, 1e-9);
}

TEST(Wavelengths, OfAHistoryWithAnglesFollowThem) {
  GainHistory history{.steps = {0},
                      .keys = {},
                      .queries = {},
                      .rotary_pairs = {{0, 1}},
                      .frequencies = {.base = 100, .width = 4}};
  EXPECT_NEAR(wavelengths(history)[0][1], kTurn * 10, 1e-9);
  history.rope_angles = {{1, 0.5}};
  EXPECT_NEAR(wavelengths(history)[0][1], kTurn * 2, 1e-9);
}

TEST(PairSizes, AreRootMeanSquares) {
  EXPECT_EQ(pair_sizes({{3, 4, -1, 1}}, Pairing::kInterleaved), (Rows{{std::sqrt(12.5), 1}}));
  EXPECT_EQ(pair_sizes({{3, -1, 4, 1}}, Pairing::kHalves), (Rows{{std::sqrt(12.5), 1}}));
}

/// Pairs of four layers; the inner ones are 1 and 2.
GainHistory history_of(const Rows& pairs, const RotarySteps& steps) {
  Rows keys;
  for (const auto& layer : pairs) {
    keys.emplace_back();
    for (const double gain : layer) keys.back().insert(keys.back().end(), {gain, gain});
  }
  return {.steps = {0, 10},
          .keys = {Rows(4, std::vector<double>(8, 1.0)), keys},
          .queries = {keys, keys},
          .rotary_pairs = steps,
          .frequencies = {.base = 10000, .width = 8},
          .context = 32};
}

const RotarySteps kInOrder(4, {0, 1, 2, 3});
const Rows kFading{{1, 2, 3, 4}, {4, 3, 2, 1}, {4, 2, 3, 1}, {1, 2, 3, 4}};

double correlation(const GainHistory& history) {
  return spearman_with_wavelength(history, Pairing::kInterleaved).value();
}

TEST(SpearmanWithWavelength, IsTheMeanOverInnerLayers) {
  EXPECT_NEAR(correlation(history_of(kFading, kInOrder)), (-1 - 0.8) / 2, 1e-12);
}

TEST(SpearmanWithWavelength, GoesByThePairsFrequencyNotItsPlace) {
  auto steps = kInOrder;
  steps[1] = {3, 2, 1, 0};
  EXPECT_NEAR(correlation(history_of(kFading, steps)), (1 - 0.8) / 2, 1e-12);
}

TEST(SpearmanWithWavelength, LeavesConstantLayersOut) {
  auto pairs = kFading;
  pairs[2] = {1, 1, 1, 1};
  EXPECT_NEAR(correlation(history_of(pairs, kInOrder)), -1, 1e-12);
  pairs[1] = {1, 1, 1, 1};
  EXPECT_FALSE(spearman_with_wavelength(history_of(pairs, kInOrder), Pairing::kInterleaved));
}

TEST(RunReport, HasPairGainsAndWavelengths) {
  const auto report = run_report(history_of(kFading, kInOrder), {.draws = 99});
  EXPECT_NEAR(report["numbers"]["gains.spearman_with_wavelength"]["value"], -0.9, 1e-12);
  EXPECT_EQ(report["context"], 32);
  EXPECT_EQ(report["pairs"]["gain"][1], (nlohmann::json{4, 3, 2, 1}));
  EXPECT_NEAR(report["pairs"]["wavelength"][3][1], kTurn * 10, 1e-9);
  EXPECT_EQ(report["plotted_layers"], (nlohmann::json{1, 2, 2}));
}

}  // namespace
}  // namespace rc
