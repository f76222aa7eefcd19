#include "paper/collect/across_arms.h"

#include <gtest/gtest.h>

#include <cmath>

#include "paper/collect/derive.h"
#include "pipeline/error.h"

namespace rc {
namespace {

using nlohmann::json;

/// train.json of an arm with these final losses, a validation sequence each.
StageResult trained(const std::string& arm, long seed, const std::vector<double>& losses) {
  StageResult result{.file = arm + std::to_string(seed), .arm = arm, .seed = seed};
  result.data = {{"stage", "train"},
                 {"labels", "next"},
                 {"model", {{"d_model", 128}}},
                 {"final_sequences", losses}};
  result.numbers["train.steps"] = {320, "steps", 1, {}};
  return result;
}

Numbers derived(std::vector<StageResult> results) {
  derive_across_arms(results);
  return merge(results);
}

Number difference_of(const std::string& arm, const std::vector<StageResult>& results) {
  return derived(results).at("loss_difference." + arm);
}

TEST(AcrossArms, PairsLossesBySeed) {
  const std::vector<StageResult> results = {
      trained("learned", 0, {3.9, 4.1}), trained("learned", 1, {4.9, 5.1}),
      trained("learned", 2, {5.9, 6.1}), trained("thin16", 0, {4.0, 4.2}),
      trained("thin16", 1, {5.1, 5.3}),  trained("thin16", 2, {6.2, 6.4}),
      trained("frozen", 1, {1.0, 1.2}),
  };
  const auto thin = difference_of("thin16", results);
  EXPECT_NEAR(thin.value, 0.2, 1e-12);
  EXPECT_EQ(thin.n, 3);
  EXPECT_EQ(thin.interval->method, kOverSeeds);
  // Differences 0.1, 0.2, 0.3, t(0.975, 2 degrees) = 4.30265; unpaired, 4 against 6 would drown
  // them.
  EXPECT_NEAR(thin.interval->hi, 0.2 + 4.30265 * 0.1 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(thin.by_seed.at(1), 0.2, 1e-12);
  const auto frozen = difference_of("frozen", results);
  EXPECT_NEAR(frozen.value, -3.9, 1e-12);
  EXPECT_EQ(frozen.n, 1) << "one seed has both arms";
}

TEST(AcrossArms, AnotherTaskHasNoLossDifference) {
  auto copy = trained("copy", 0, {0.1, 0.2});
  copy.data["labels"] = "same";
  EXPECT_FALSE(derived({trained("learned", 0, {3.9, 4.1}), copy}).contains("loss_difference.copy"));
}

TEST(AcrossArms, OneSeedPairsSequences) {
  // Sequences differ far more than arms do: differences 0.1, 0.2 and 0.3.
  const auto main = trained("learned", 0, {1, 5, 9});
  const auto thin = difference_of("thin16", {main, trained("thin16", 0, {1.1, 5.2, 9.3})});
  EXPECT_NEAR(thin.value, 0.2, 1e-12);
  EXPECT_EQ(thin.interval->method, kOverSequences);
  // t(0.975, 2 degrees) = 4.30265, standard error 0.1 / sqrt(3).
  EXPECT_NEAR(thin.interval->hi, 0.2 + 4.30265 * 0.1 / std::sqrt(3.0), 1e-5);
  const auto single =
      difference_of("thin16", {trained("learned", 0, {1}), trained("thin16", 0, {2})});
  EXPECT_FALSE(single.interval) << "one sequence has no spread";
}

TEST(AcrossArms, SequencesThatDoNotPairAreAnError) {
  const auto error_of = [](const StageResult& arm) -> std::string {
    try {
      difference_of("thin16", {trained("learned", 0, {4, 5}), arm});
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_of(trained("thin16", 0, {4, 5, 6})),
            "thin160 and learned0 hold the final losses of 3 and 2 sequences (final_sequences), "
            "which do not pair; run stage train again for both");
  auto old = trained("thin16", 0, {});
  old.data.erase("final_sequences");
  EXPECT_NE(error_of(old).find("thin160 and learned0 hold the final losses of 0 and 2"),
            std::string::npos);
  EXPECT_EQ(error_of(trained("thin16", 0, {4, 5})), "no error");
}

/// ablation.json of an order whose loss rises from 3 by these at 20, 40 and 60 %.
StageResult ablated(const std::string& arm, const std::vector<double>& rises) {
  StageResult result{.file = "a", .arm = arm};
  std::vector<double> loss = {3};
  for (const double rise : rises) loss.push_back(3 + rise);
  result.data = {{"stage", "ablate"},
                 {"baseline", 3},
                 {"percent", {0, 20, 40, 60}},
                 {"shown_percents", {20, 60}},
                 {"orders", {{"low_gain", {{"loss", loss}}}}}};
  for (std::size_t i = 0; i < rises.size(); ++i) {
    const auto name = "ablate.low_gain." + std::to_string(20 * (i + 1));
    result.numbers[name] = {rises[i], "nats/token", 1,
                            Interval{rises[i] - 0.03, rises[i] + 0.03, 0.95, kOverSequences}};
    result.numbers[name + ".share"] = {rises[i] / 2, "share", 1, {}};
  }
  return result;
}

TEST(AcrossArms, WhatAttentionIsWorthToAModelThatAdapts) {
  const auto numbers =
      derived({trained("learned", 0, {3, 3}), trained("thin16", 0, {3.1, 3.1}),
               trained("no_attention", 0, {3.9, 4.1}), ablated("learned", {0.009, 0.011, 0.5}),
               ablated("thin16", {0.008, 0.0085, 0.5})});
  const auto& benefit = numbers.at("benefit.learned");
  EXPECT_NEAR(benefit.value, 1, 1e-12);
  // t(0.975, 1 degree) = 12.7062 standard errors of 0.1.
  EXPECT_NEAR(benefit.interval->hi, 1 + 1.27062, 1e-5);
  EXPECT_NEAR(numbers.at("benefit.thin16.learned").value, 0.9, 1e-12);
  EXPECT_NEAR(numbers.at("loss_difference.no_attention").value, 1, 1e-12);
  EXPECT_FALSE(numbers.contains("benefit.no_attention.learned"));

  const auto& share = numbers.at("ablate.low_gain.60.share_learned");
  EXPECT_NEAR(share.value, 0.5, 1e-12);
  EXPECT_NEAR(share.interval->hi - 0.5, std::hypot(0.03, 0.5 * 1.27062), 1e-5);
  EXPECT_FALSE(numbers.contains("ablate.low_gain.40.share_learned")) << "no table shows 40 %";
  EXPECT_FALSE(numbers.contains("ablate.thin16.low_gain.60.share_learned"));
  // 1 % of 1 nat is passed at 40 %; of 0.9 nats not before 60 %.
  EXPECT_DOUBLE_EQ(numbers.at("ablate.removable_fraction_learned.low_gain").value, 0.2);
  EXPECT_DOUBLE_EQ(numbers.at("ablate.thin16.removable_fraction_learned.low_gain").value, 0.4);
}

TEST(AcrossArms, WhatTheDeepThirdCouldSpare) {
  auto ablation = ablated("learned", {0.1, 0.2, 0.3});
  const auto curve = [](const std::vector<double>& loss) { return json{{"loss", loss}}; };
  ablation.data["thirds"]["deep"] = {{"percent", {0, 50, 100}},
                                     {"orders",
                                      {{"low_gain", curve({3, 3.009, 3.02})},
                                       {"pair", curve({3, 3.005, 3.009})},
                                       {"random", curve({3, 3.02, 3.001})}}}};
  const auto numbers =
      derived({trained("learned", 0, {3, 3}), trained("no_attention", 0, {4, 4}), ablation});
  const std::string name = "ghost.removable_learned.deep.";
  EXPECT_DOUBLE_EQ(numbers.at(name + "low_gain").value, 0.5);
  EXPECT_DOUBLE_EQ(numbers.at(name + "best").value, 1);
  EXPECT_DOUBLE_EQ(numbers.at(name + "random").value, 0) << "noticed on the way";
  EXPECT_FALSE(numbers.contains(name + "pair"));
}

TEST(AcrossArms, ABenefitIsOfTheSameTaskWidthAndSteps) {
  auto copy = trained("copy", 0, {0.1, 0.1}), wide = trained("width256", 0, {2, 2}),
       longer = trained("tokens4", 0, {2, 2});
  copy.data["labels"] = "same";
  wide.data["model"]["d_model"] = 256;
  longer.numbers["train.steps"].value = 1280;
  const auto numbers = derived(
      {trained("learned", 0, {3, 3}), trained("no_attention", 0, {4, 4}), copy, wide, longer});
  EXPECT_TRUE(numbers.contains("benefit.learned"));
  for (const auto* arm : {"copy", "width256", "tokens4"})
    EXPECT_FALSE(numbers.contains("benefit." + std::string(arm) + ".learned")) << arm;
}

TEST(AcrossArms, ABenefitBelowZeroHasNoShares) {
  const auto numbers = derived({trained("learned", 0, {3, 3}), trained("no_attention", 0, {2, 2}),
                                ablated("learned", {0.1, 0.2, 0.3})});
  EXPECT_NEAR(numbers.at("benefit.learned").value, -1, 1e-12);
  EXPECT_FALSE(numbers.contains("ablate.low_gain.60.share_learned"));
}

TEST(AcrossArms, FadingThatGoesWithDecay) {
  const auto correlated = [](const std::string& arm, const json& last) {
    StageResult result{.file = "c", .arm = arm};
    result.data = {{"stage", "correlate"}, {"gains_k", {{{9, 9}, {9, 9}, {9, 9}}, last}}};
    return result;
  };
  // By layers: 1 - 0.1 / 0.5, 1 - 0.3 / 0.4, and one whose gains never fell below 1.
  const auto numbers = derived({correlated("learned", {{0.5, 2}, {1, 0.6}, {1.5, 1.1}}),
                                correlated("no_decay", {{0.9, 2}, {0.7, 1}, {0.5, 1}})});
  EXPECT_NEAR(numbers.at("gains.decay_share").value, (0.8 + 0.25) / 2, 1e-12);
}

}  // namespace
}  // namespace rc
