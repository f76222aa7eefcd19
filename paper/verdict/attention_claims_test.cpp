// A6 to A9 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(AttentionClaims, A6FallsAndFollows) {
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
  EXPECT_EQ(with(0.98, 0.49, frozen(0.98, 0.51)), "partly") << "a control excuses no miss";
}

TEST(AttentionClaims, A7DeletedNearZeroed) {
  const auto with = [&](double at_50, double at_60) {
    return verdict_with("A7", {{"ablate.low_gain.50", 0.1},
                               {"ablate.low_gain.60", 0.2},
                               {"delete.rows.50", at_50},
                               {"delete.rows.60", at_60}});
  };
  EXPECT_EQ(verdict_of("A7", numbers_without({"delete"})), "not measured");
  EXPECT_EQ(with(0.109, 0.191), "reproduced");
  EXPECT_EQ(with(0.2, 0.209), "partly") << "60 % alone";
  EXPECT_EQ(with(0.111, 0.2), "partly");
  EXPECT_EQ(with(0.089, 0.211), "not reproduced");
}

TEST(AttentionClaims, A8NeedsASureDifference) {
  EXPECT_EQ(verdict_with("A8", {}), "not measured");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.01, 0.009)), "reproduced");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.01, 0.011)), "partly");
  EXPECT_EQ(verdict_of("A8", difference("thin16", 0.021, 0.1)), "not reproduced");
  EXPECT_EQ(verdict_with("A8", {{"loss_difference.thin16", 0.01}}), "partly") << "no interval";
}

TEST(AttentionClaims, A8NamesEveryControlThereIs) {
  const auto reason_with = [](const Numbers& numbers) -> std::string {
    return verdict_on(claim("A8"), numbers).at("reason");
  };
  const auto thin = difference("thin16", 0.01, 0.009);
  EXPECT_NE(reason_with(thin).find("arms thin32 and grouped40, are not in this run"),
            std::string::npos);
  auto grouped = difference("grouped40", 0.012, 0.001, thin);
  grouped["train.grouped40.kv_floats"] = {80, "floats/token/layer", 1, {}};
  grouped["train.thin16.kv_floats"] = {80, "floats/token/layer", 1, {}};
  const auto reason = reason_with(grouped);
  EXPECT_NE(reason.find("cache 80 floats a token and layer where 16 + 64 cache 80, end +0.012"),
            std::string::npos)
      << reason;
  EXPECT_EQ(reason.find("are not in this run"), std::string::npos);
  EXPECT_EQ(reason.find("thin32"), std::string::npos);
}

TEST(AttentionClaims, A9RisesWithDifficulty) {
  const auto with = [&](double trend, double p, double random_p) {
    return verdict_with("A9", {{"difficulty.low_gain.trend", trend},
                               {"difficulty.low_gain.p", p},
                               {"difficulty.random.trend", 0.9},
                               {"difficulty.random.p", random_p}});
  };
  EXPECT_EQ(with(0.9, 0.009, 0.011), "reproduced");
  EXPECT_EQ(with(0.9, 0.011, 0.011), "partly");
  EXPECT_EQ(with(-0.9, 0.009, 0.011), "partly") << "a trend downwards";
  EXPECT_EQ(with(-0.9, 0.011, 0.011), "not reproduced");
  EXPECT_EQ(with(0.9, 0.009, 0.009), "explained by control");
  EXPECT_EQ(verdict_of("A9", numbers_without({"difficulty"})), "not measured");
}

}  // namespace
}  // namespace rc
