// Every rule with numbers just either side of its thresholds.
#include "paper/verdict/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "paper/text/number_text.h"
#include "paper/testing/synthetic.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using Values = std::vector<std::pair<std::string, double>>;

const Claim& claim(const std::string& id) {
  return *std::find_if(claims().begin(), claims().end(),
                       [&](const Claim& c) { return c.id == id; });
}

/// Synthetic numbers with some set or added.
Numbers numbers_with(const Values& values) {
  static const Numbers base = numbers_from_json(synthetic_collection().at("numbers"));
  Numbers numbers = base;
  for (const auto& [name, value] : values) numbers[name] = {value, "", 1, {}};
  return numbers;
}

std::string verdict_of(const std::string& id, const Numbers& numbers) {
  return verdict_on(claim(id), numbers).at("verdict");
}

std::string verdict_with(const std::string& id, const Values& values) {
  return verdict_of(id, numbers_with(values));
}

/// A loss difference whose interval reaches `half` to both sides.
Numbers difference(const std::string& arm, double value, double half, Numbers numbers = {}) {
  if (numbers.empty()) numbers = numbers_with({});
  numbers["loss_difference." + arm] = {value, "nats/token", 3,
                                       Interval{value - half, value + half, 0.95, "t over seeds"}};
  return numbers;
}

TEST(Verdict, JudgesByConditionsAndNulls) {
  const Clause yes{"yes", true}, no{"no", false};
  EXPECT_EQ(judge({yes, yes}).verdict, Verdict::kReproduced);
  EXPECT_EQ(judge({yes}, {no}).verdict, Verdict::kReproduced);
  EXPECT_EQ(judge({yes}, {no, yes}).verdict, Verdict::kExplainedByControl);
  EXPECT_EQ(judge({yes, no}, {yes}).verdict, Verdict::kPartly);
  EXPECT_EQ(judge({no, no}, {yes}).verdict, Verdict::kNotReproduced);
  EXPECT_EQ(judge({yes, no}).why, "Met: yes; missed: no.");
}

TEST(Verdict, A1IsContext) { EXPECT_EQ(verdict_with("A1", {}), "context"); }

TEST(Verdict, A2FallsUnderAQuarter) {
  const std::string pr = "rank.coordinate_pr.";
  const auto with = [&](double middle, double deep, double start, double permuted, double laplace) {
    return verdict_with("A2", {{pr + "final.middle", middle},
                               {pr + "final.deep", deep},
                               {pr + "initial", start},
                               {pr + "null.permuted.middle", permuted},
                               {pr + "null.permuted.deep", permuted},
                               {pr + "null.same_gains.middle", 20},
                               {pr + "null.same_gains.deep", 20},
                               {pr + "null.laplace", laplace}});
  };
  EXPECT_EQ(with(15.9, 15.9, 22, 16.1, 16.1), "reproduced");
  EXPECT_EQ(with(16.1, 15.9, 22, 16.1, 16.1), "partly");
  EXPECT_EQ(with(15.9, 16.1, 22, 16.1, 16.1), "partly");
  EXPECT_EQ(with(15.9, 15.9, 15.8, 16.1, 16.1), "partly") << "it must fall";
  EXPECT_EQ(with(16.1, 16.1, 16.0, 16.1, 16.1), "not reproduced");
  EXPECT_EQ(with(15.9, 15.9, 22, 15.9, 16.1), "explained by control");
  EXPECT_EQ(with(15.9, 15.9, 22, 16.1, 15.9), "explained by control");
}

TEST(Verdict, A2CountsAGainsNull) {
  const std::string pr = "rank.coordinate_pr.";
  Values values = {{pr + "final.middle", 15}, {pr + "final.deep", 15}, {pr + "null.laplace", 17},
                   {pr + "null.permuted.middle", 17}, {pr + "null.permuted.deep", 17},
                   {pr + "null.same_gains.middle", 15.9}, {pr + "null.same_gains.deep", 16.1}};
  EXPECT_EQ(verdict_with("A2", values), "reproduced") << "a null must pass in both thirds";
  values.back().second = 15.9;
  EXPECT_EQ(verdict_with("A2", values), "explained by control");
}

TEST(Verdict, A2ScalesWithTheWidth) {
  EXPECT_EQ(verdict_with("A2", {{"model.d_k", 32}}), "partly") << "15.1 falls, but is over 8";
}

TEST(Verdict, A3GoesByTheKnife) {
  const std::string removable = "ablate.removable_fraction.";
  const auto with = [&](double low, double random) {
    return verdict_with("A3", {{removable + "low_gain", low}, {removable + "random", random}});
  };
  EXPECT_EQ(with(0.8, 0.79), "reproduced");
  EXPECT_EQ(with(0.79, 0.1), "not reproduced");
  EXPECT_EQ(with(0.8, 0.8), "explained by control");
}

TEST(Verdict, A4NeedsSpreadAndExtremes) {
  const auto with = [&](double cv, double least, double null_least, double null_survivors) {
    return verdict_with("A4", {{"gains.cv.layer_mid", cv},
                               {"gains.min.layer_mid", least},
                               {"gains.max.layer_mid", 1},
                               {"gains.survivors.layer_mid", 6},
                               {"gains.min.null.layer_mid", null_least},
                               {"gains.max.null.layer_mid", 1},
                               {"gains.survivors.null.layer_mid", null_survivors}});
  };
  EXPECT_EQ(with(0.151, 0.499, 0.501, 6), "reproduced");
  EXPECT_EQ(with(0.151, 0.501, 0.501, 6), "partly");
  EXPECT_EQ(with(0.149, 0.499, 0.501, 6), "partly");
  EXPECT_EQ(with(0.149, 0.501, 0.499, 6), "not reproduced");
  EXPECT_EQ(with(0.151, 0.499, 0.499, 6), "explained by control");
  EXPECT_EQ(with(0.151, 0.499, 0.499, 5.9), "reproduced") << "more stand out than by chance";
  EXPECT_EQ(with(0.151, -0.1, 0.501, 6), "reproduced") << "no ratio with a gain under zero";
}

TEST(Verdict, A4CountsFrozenGains) {
  Values values = {{"gains.survivors.null.layer_mid", 0}, {"gains.frozen.cv.layer_mid", 0.149}};
  EXPECT_EQ(verdict_with("A4", values), "reproduced");
  values.back().second = 0.151;
  EXPECT_EQ(verdict_with("A4", values), "explained by control");
}

TEST(Verdict, A5SettlesInTheFirstHalf) {
  const std::string lock_in = "gains.lock_in.step_fraction", seeds = "gains.seeds_spearman";
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}}), "reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.5}}), "not reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}, {seeds, 0.89}}), "reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}, {seeds, 0.91}}), "explained by control");
}

TEST(Verdict, A6FallsAndFollows) {
  const auto with = [&](double final, double correlation, Values more = {}) {
    more.insert(more.end(), {{"entropy.initial.middle", 0.99},
                             {"entropy.final.middle", final},
                             {"entropy.spearman_with_pr", correlation}});
    return verdict_with("A6", more);
  };
  const auto frozen = [](double final, double correlation) {
    return Values{{"entropy.frozen.initial.middle", 0.99},
                  {"entropy.frozen.final.middle", final},
                  {"entropy.frozen.spearman_with_pr", correlation}};
  };
  EXPECT_EQ(with(0.98, 0.51), "reproduced");
  EXPECT_EQ(with(0.98, 0.49), "partly");
  EXPECT_EQ(with(0.99, 0.51), "partly");
  EXPECT_EQ(with(0.99, 0.49), "not reproduced");
  EXPECT_EQ(with(0.98, 0.51, frozen(0.98, 0.51)), "explained by control");
  EXPECT_EQ(with(0.98, 0.51, frozen(0.98, 0.49)), "reproduced");
  EXPECT_EQ(with(0.98, 0.51, frozen(0.99, 0.51)), "reproduced");
}

TEST(Verdict, A7DeletedNearZeroed) {
  const auto with = [&](double at_50, double at_60) {
    return verdict_with("A7", {{"ablate.low_gain.50", 0.1},
                               {"ablate.low_gain.60", 0.2},
                               {"delete.rows.50", at_50},
                               {"delete.rows.60", at_60}});
  };
  EXPECT_EQ(verdict_with("A7", {}), "not measured");
  EXPECT_EQ(with(0.109, 0.191), "reproduced");
  EXPECT_EQ(with(0.111, 0.2), "partly");
  EXPECT_EQ(with(0.089, 0.211), "not reproduced");
}

TEST(Verdict, A8NeedsASureDifference) {
  EXPECT_EQ(verdict_with("A8", {}), "not measured");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.01, 0.009)), "reproduced");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.01, 0.011)), "partly");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.021, 0.1)), "not reproduced");
  EXPECT_EQ(verdict_with("A8", {{"loss_difference.thin16", 0.01}}), "partly") << "no interval";
}

TEST(Verdict, A9RisesWithDifficulty) {
  const auto with = [&](double trend, double p, double random_p) {
    return verdict_with("A9", {{"difficulty.low_gain.trend", trend},
                               {"difficulty.low_gain.p", p},
                               {"difficulty.random.trend", 0.9},
                               {"difficulty.random.p", random_p}});
  };
  EXPECT_EQ(with(0.9, 0.009, 0.011), "reproduced");
  EXPECT_EQ(with(0.9, 0.011, 0.011), "partly");
  EXPECT_EQ(with(-0.9, 0.011, 0.011), "not reproduced");
  EXPECT_EQ(with(0.9, 0.009, 0.009), "explained by control");
}

Values shares(const std::string& order, std::vector<double> at_20_40_50_60_80) {
  Values values;
  const char* percents[] = {"20", "40", "50", "60", "80"};
  for (std::size_t i = 0; i < at_20_40_50_60_80.size(); ++i)
    values.emplace_back("ablate." + order + "." + percents[i] + ".share", at_20_40_50_60_80[i]);
  return values;
}

Values operator+(Values a, const Values& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Verdict, B1IsFlatToSixtyPercent) {
  const auto random = shares("random", {0.5, 0.5, 0.5, 0.011, 0.5});
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0, 0, 0, 0.0099}) + random), "reproduced");
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.02, 0.02, 0.02, 0.0099}) + random),
            "reproduced")
      << "the rule reads 60 % alone";
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.0099, 0.02, 0.02, 0.0101}) + random),
            "partly");
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.0101, 0.02, 0.02, 0.0101}) + random),
            "not reproduced");
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0, 0, 0, 0.005}) +
                                   shares("random", {0, 0, 0, 0.0099})),
            "explained by control");
}

TEST(Verdict, SharesNeedABenefit) {
  for (const auto* id : {"A3", "B1", "B2", "B3", "C1"}) {
    const auto verdict = verdict_on(claim(id), numbers_with({{"ablate.attention_benefit", -0.001},
                                                             {"loss.copy", 0.1},
                                                             {"ablate.copy.attention_benefit", 0}}));
    EXPECT_EQ(verdict.at("verdict"), "not measured") << id;
    EXPECT_NE(verdict.at("reason").get<std::string>().find("ablate.attention_benefit is"),
              std::string::npos);
  }
}

TEST(Verdict, B2NeedsRandomToCostTenTimes) {
  const auto with = [&](double low, double low_share, double random, double random_share) {
    return verdict_with("B2", {{"ablate.low_gain.50", low},
                               {"ablate.low_gain.50.share", low_share},
                               {"ablate.random.50", random},
                               {"ablate.random.50.share", random_share}});
  };
  EXPECT_EQ(with(0.001, 0.0099, 0.01, 0.099), "reproduced");
  EXPECT_EQ(with(0.001, 0.0099, 0.0099, 0.098), "partly");
  EXPECT_EQ(with(0.001, 0.0101, 0.01, 0.099), "partly");
  EXPECT_EQ(with(0.001, 0.0101, 0.0099, 0.098), "not reproduced");
  EXPECT_EQ(with(0.001, 0.0099, 0.001, 0.0099), "explained by control");
  EXPECT_EQ(with(-0.001, -0.01, 0.001, 0.02), "reproduced") << "a fall is less than any rise";
  EXPECT_EQ(with(-0.001, -0.01, -0.001, 0.02), "partly");
}

TEST(Verdict, B3KeepsNineTenths) {
  const auto at = [](const std::string& order, double share) {
    return Values{{"ablate." + order + ".80.share", share}};
  };
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.099) + at("random", 0.101)), "reproduced");
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.101) + at("random", 0.5)), "not reproduced");
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.05) + at("random", 0.099)),
            "explained by control");
}

TEST(Verdict, B4LooksBehindTheCosine) {
  const auto with = [&](double pearson, double null_99, double cosine, double cosine_null) {
    return verdict_with("B4", {{"correlate.pearson.mean", pearson},
                               {"correlate.pearson.null_99", null_99},
                               {"correlate.cosine.mean", cosine},
                               {"correlate.cosine.null_mean", cosine_null}});
  };
  EXPECT_EQ(with(0.51, 0.02, 0.998, 0.997), "reproduced");
  EXPECT_EQ(with(0.49, 0.02, 0.998, 0.997), "partly");
  EXPECT_EQ(with(0.51, 0.52, 0.95, 0.94), "partly");
  EXPECT_EQ(with(0.01, 0.02, 0.991, 0.991), "explained by control");
  EXPECT_EQ(with(0.01, 0.02, 0.989, 0.991), "not reproduced");
  EXPECT_EQ(with(0.01, 0.02, 0.991, 0.989), "not reproduced");
}

TEST(Verdict, B5SharesMoreThanHalf) {
  const std::string overlap = "correlate.top8.overlap", null = "correlate.top8.null";
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.1}}), "reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.0}}), "not reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.5}, {null, 4.1}}), "explained by control");
}

TEST(Verdict, B6TakesMeasurementsBeforeCaps) {
  const std::string prefill = "inference.prefill.speedup.60", decode = "inference.decode.speedup.60";
  const std::string cap = "amdahl.highest.60";
  EXPECT_EQ(verdict_with("B6", {{cap, 1.79}}), "not reproduced");
  EXPECT_EQ(verdict_with("B6", {{cap, 1.81}}), "not measured");
  EXPECT_EQ(verdict_with("B6", {{cap, 1.1}, {prefill, 1.81}, {decode, 1.81}}), "reproduced");
  EXPECT_EQ(verdict_with("B6", {{prefill, 1.81}, {decode, 1.79}}), "partly");
  EXPECT_EQ(verdict_with("B6", {{prefill, 1.79}, {decode, 1.79}}), "not reproduced");
  EXPECT_FALSE(verdict_on(claim("B6"), numbers_with({})).at("one_seed"));
}

TEST(Verdict, B7HasARandomControl) {
  EXPECT_EQ(verdict_with("B7", {}), "not measured");
  const auto near = difference("virtual12", 0.01, 0.009);
  EXPECT_EQ(verdict_of("B7", near), "reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.01, 0.011)), "partly");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.03, 0.001)), "not reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.009, near)),
            "explained by control");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.011, near)), "reproduced");
}

TEST(Verdict, C1IsFlatBecauseItCopies) {
  const auto with = [&](double loss, double benefit) {
    return verdict_with("C1", {{"ablate.attention_benefit", 1},
                               {"loss.copy", loss},
                               {"ablate.copy.attention_benefit", benefit}});
  };
  EXPECT_EQ(verdict_with("C1", {}), "not measured");
  EXPECT_EQ(with(0.199, 0.0199), "reproduced");
  EXPECT_EQ(with(0.201, 0.0199), "partly");
  EXPECT_EQ(with(0.199, 0.0201), "partly");
  EXPECT_EQ(with(0.201, 0.0201), "not reproduced");
}

TEST(Verdict, ReasonsSpeakOfControls) {
  const auto alone = verdict_on(claim("A5"), numbers_with({{"gains.lock_in.step_fraction", 0.25}}));
  EXPECT_EQ(alone.at("reason"),
            "The gains keep to their final order from 25\u00a0% of training on. Whether another seed "
            "would pick the same indices takes two seeds to tell.");
  EXPECT_TRUE(alone.at("one_seed"));
  EXPECT_EQ(alone.at("control"), "");
  auto numbers = numbers_with({{"gains.seeds_spearman", 0.1}});
  numbers["gains.lock_in.step_fraction"].n = 2;
  const auto paired = verdict_on(claim("A5"), numbers);
  EXPECT_NE(paired.at("reason").get<std::string>().find("correlate at 0.10."), std::string::npos);
  EXPECT_FALSE(paired.at("one_seed"));
  EXPECT_EQ(paired.at("control"), "gains.seeds_spearman");
}

TEST(Verdict, EveryClaimIsStatedInFull) {
  const auto numbers = numbers_with({});
  ASSERT_EQ(claims().size(), 17u);
  for (const Claim& c : claims()) {
    const auto verdict = verdict_on(c, numbers);
    EXPECT_LE(columns(c.title), 30u) << c.id;
    EXPECT_FALSE(verdict.at("original").get<std::string>().empty()) << c.id;
    EXPECT_TRUE(verdict.at("reason").get<std::string>().ends_with(".")) << c.id;
    EXPECT_FALSE(c.ours_is.empty() || c.control_is.empty() || c.brought_by.empty()) << c.id;
  }
}

}  // namespace
}  // namespace rc
