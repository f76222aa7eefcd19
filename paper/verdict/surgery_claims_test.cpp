// B1, B2, B3, C1 and C7 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

const std::string kLow = "ablate.low_gain.", kRandom = "ablate.random.";

TEST(SurgeryClaims, B1IsFlatToSixtyPercent) {
  expect_verdicts(
      "B1", {"reproduced", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{"ablate.low_gain.60.share_learned", 0.0099}}},
       {.verdict = "not reproduced",
        .values = {{"ablate.low_gain.60.share_learned", 0.0101}},
        .why = "the rule has one condition: no partly"},
       {.verdict = "reproduced",
        .values = {{"ablate.low_gain.60.share", 0.02}},
        .why = "the learned benefit decides"},
       {"explained by control", {{"ablate.random.60.share_learned", 0.0099}}},
       {.verdict = "not measured", .no_numbers = {"ablate.random.60"}},
       {.verdict = "not measured", .values = {{"benefit.learned", -0.001}}},
       {.verdict = "not measured", .no_numbers = {"ablate.low_gain.60.share_learned"}}});
}

/// Without arm no_attention the uniform benefit stands in, and the reason says so.
TEST(SurgeryClaims, SharesAreOfTheUniformBenefitWhereThereIsNoLearnedOne) {
  for (const std::string id : {"A3", "B1", "B2", "B3", "C5"}) {
    auto numbers = without({"benefit.learned"}, without_arms({"no_attention"}));
    std::erase_if(numbers, [](const auto& entry) {
      return entry.first.find("_learned") != std::string::npos;
    });
    EXPECT_EQ(verdict_of(id, numbers), "reproduced") << id;
    EXPECT_NE(reason_of(id, numbers)
                  .find("Shares are of the uniform benefit: arm no_attention did not run."),
              std::string::npos)
        << reason_of(id, numbers);
    EXPECT_NE(reason_of(id, numbers_with({}))
                  .find("Shares are of the learned benefit, 0.800 nats/token."),
              std::string::npos);
  }
}

TEST(SurgeryClaims, SharesNeedABenefit) {
  const auto numbers = numbers_with({{"benefit.learned", -0.001}, {"ablate.attention_benefit", 0}});
  for (const auto* id : {"A3", "B1", "B2", "B3", "C5"}) {
    EXPECT_EQ(verdict_of(id, numbers), "not measured") << id;
    EXPECT_EQ(reason_of(id, numbers),
              "benefit.learned is \u22120.0010, so no share of it means anything.");
  }
  EXPECT_EQ(reason_of("C1", numbers),
            "ablate.attention_benefit is 0.0000, so no share of it means anything.");
}

TEST(SurgeryClaims, B2NeedsRandomToCostTenTimes) {
  const auto with = [](double low, double low_share, double random, double random_share) {
    return NamedValues{{kLow + "50", low},
                       {kLow + "50.share_learned", low_share},
                       {kRandom + "50", random},
                       {kRandom + "50.share_learned", random_share}};
  };
  expect_verdicts(
      "B2", {"reproduced", "partly", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", with(0.001, 0.0099, 0.01, 0.099)},
       {"partly", with(0.001, 0.0099, 0.0099, 0.098)},
       {"partly", with(0.001, 0.0101, 0.01, 0.099)},
       {"not reproduced", with(0.001, 0.0101, 0.0099, 0.098)},
       {"explained by control", with(0.001, 0.0099, 0.001, 0.0099)},
       {.verdict = "reproduced",
        .values = with(-0.001, -0.01, 0.001, 0.02),
        .why = "a fall is less than any rise"},
       {"partly", with(-0.001, -0.01, -0.001, 0.02)},
       {.verdict = "not measured", .no_numbers = {"ablate.random.50"}}});
}

TEST(SurgeryClaims, B3KeepsNineTenths) {
  expect_verdicts(
      "B3", {"reproduced", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{kLow + "80.share_learned", 0.099}, {kRandom + "80.share_learned", 0.101}}},
       {"not reproduced", {{kLow + "80.share_learned", 0.101}}},
       {"explained by control", {{kRandom + "80.share_learned", 0.099}}},
       {.verdict = "not measured", .no_numbers = {"ablate.random.80"}}});
}

TEST(SurgeryClaims, C1IsFlatBecauseItCopies) {
  const std::string loss = "loss.copy", benefit = "ablate.copy.attention_benefit";
  expect_verdicts("C1", {"reproduced", "partly", "not reproduced", "not measured"},
                  {{"reproduced", {{loss, 0.199}, {benefit, 0.0199}}},
                   {"partly", {{loss, 0.201}}},
                   {"partly", {{benefit, 0.0201}}},
                   {"not reproduced", {{loss, 0.201}, {benefit, 0.0201}}},
                   {.verdict = "not measured", .no_arms = {"copy"}}});
}

TEST(SurgeryClaims, C7HealsToTheWholeModel) {
  expect_verdicts("C7", {"reproduced", "not reproduced", "not measured"},
                  {{"reproduced", {{"heal.healed", 0.0199}}},
                   {"not reproduced", {{"heal.healed", 0.0201}}},
                   {.verdict = "not measured", .no_numbers = {"heal"}}});
}

}  // namespace
}  // namespace rc
