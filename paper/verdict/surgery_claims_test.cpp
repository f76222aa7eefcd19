// B1, B2, B3 and C1 with numbers just either side of their thresholds.
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

TEST(SurgeryClaims, OtherOrdersAreToldWhereTheyWereRun) {
  for (const auto* id : {"B1", "B2", "B3"}) {
    const std::string all = verdict_on(claim(id), numbers_with({})).at("reason");
    for (const auto* words : {"by the product of both gains", "One budget over all layers costs",
                              "Held at their mean instead of zeroed"})
      EXPECT_NE(all.find(words), std::string::npos) << id << ": " << all;
    const std::string few = verdict_on(claim(id), numbers_without({"ablate.think"})).at("reason");
    EXPECT_EQ(few.find("by the product of both gains"), std::string::npos) << id;
    EXPECT_NE(few.find("One budget over all layers costs"), std::string::npos) << id;
  }
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
