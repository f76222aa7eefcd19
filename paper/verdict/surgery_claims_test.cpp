// B1 to B7 and C1 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

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

TEST(SurgeryClaims, B1IsFlatToSixtyPercent) {
  const auto random = shares("random", {0.5, 0.5, 0.5, 0.011, 0.5});
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0, 0, 0, 0.0099}) + random), "reproduced");
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.02, 0.02, 0.02, 0.0099}) + random),
            "reproduced")
      << "the rule reads 60 % alone";
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.0099, 0.02, 0.02, 0.0101}) + random),
            "partly");
  EXPECT_EQ(verdict_with("B1", shares("low_gain", {0.0101, 0.02, 0.02, 0.0101}) + random),
            "not reproduced");
  EXPECT_EQ(verdict_with(
                "B1", shares("low_gain", {0, 0, 0, 0.005}) + shares("random", {0, 0, 0, 0.0099})),
            "explained by control");
}

TEST(SurgeryClaims, SharesNeedABenefit) {
  for (const auto* id : {"A3", "B1", "B2", "B3", "C1"}) {
    const auto verdict =
        verdict_on(claim(id), numbers_with({{"ablate.attention_benefit", -0.001},
                                            {"loss.copy", 0.1},
                                            {"ablate.copy.attention_benefit", 0}}));
    EXPECT_EQ(verdict.at("verdict"), "not measured") << id;
    EXPECT_NE(verdict.at("reason").get<std::string>().find("ablate.attention_benefit is"),
              std::string::npos);
  }
}

TEST(SurgeryClaims, B2NeedsRandomToCostTenTimes) {
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

TEST(SurgeryClaims, B3KeepsNineTenths) {
  const auto at = [](const std::string& order, double share) {
    return Values{{"ablate." + order + ".80.share", share}};
  };
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.099) + at("random", 0.101)), "reproduced");
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.101) + at("random", 0.5)), "not reproduced");
  EXPECT_EQ(verdict_with("B3", at("low_gain", 0.05) + at("random", 0.099)), "explained by control");
}

TEST(SurgeryClaims, B4LooksBehindTheCosine) {
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

TEST(SurgeryClaims, B5SharesMoreThanHalf) {
  const std::string overlap = "correlate.top8.overlap", null = "correlate.top8.null";
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.1}}), "reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.0}}), "not reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.5}, {null, 4.1}}), "explained by control");
}

TEST(SurgeryClaims, B6TakesMeasurementsBeforeCaps) {
  const std::string prefill = "inference.prefill.speedup.60",
                    decode = "inference.decode.speedup.60";
  const std::string cap = "amdahl.highest.60";
  EXPECT_EQ(verdict_with("B6", {{cap, 1.79}}), "not reproduced");
  EXPECT_EQ(verdict_with("B6", {{cap, 1.81}}), "not measured");
  EXPECT_EQ(verdict_with("B6", {{cap, 1.1}, {prefill, 1.81}, {decode, 1.81}}), "reproduced");
  EXPECT_EQ(verdict_with("B6", {{prefill, 1.81}, {decode, 1.79}}), "partly");
  EXPECT_EQ(verdict_with("B6", {{prefill, 1.79}, {decode, 1.79}}), "not reproduced");
  EXPECT_FALSE(verdict_on(claim("B6"), numbers_with({})).at("one_seed"));
}

TEST(SurgeryClaims, B7HasARandomControl) {
  EXPECT_EQ(verdict_with("B7", {}), "not measured");
  const auto near = difference("virtual12", 0.01, 0.009);
  EXPECT_EQ(verdict_of("B7", near), "reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.01, 0.011)), "partly");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.03, 0.001)), "not reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.009, near)),
            "explained by control");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.011, near)), "reproduced");
}

TEST(SurgeryClaims, C1IsFlatBecauseItCopies) {
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

}  // namespace
}  // namespace rc
