// A6 to A9 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(AttentionClaims, A6FollowsAndIsSharperThanWithoutGains) {
  const std::string follows = "entropy.spearman_with_pr.final", own = "entropy.final.middle",
                    none = "entropy.none.final.middle",
                    none_pr = "rank.none.coordinate_pr.final.middle";
  expect_verdicts(
      "A6", {"reproduced", "partly", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{follows, 0.51}, {own, 0.59}}},
       {"partly", {{follows, 0.49}}},
       {.verdict = "partly", .values = {{own, 0.61}}, .why = "frozen is sharper"},
       {"not reproduced", {{follows, 0.49}, {own, 0.71}}},
       {.verdict = "explained by control",
        .values = {{none, 0.5}},
        .why = "as sharp, PR 20 over 15"},
       {.verdict = "partly",
        .values = {{none, 0.5}, {none_pr, 14.9}},
        .why = "as sharp, PR smaller"},
       {.verdict = "partly",
        .values = {{follows, 0.49}, {none, 0.4}},
        .why = "a control explains no number that is not there"},
       {.verdict = "not measured", .no_arms = {"none"}},
       {.verdict = "not measured", .no_arms = {"frozen"}},
       {.verdict = "not measured",
        .values = {{follows, 0.49}},
        .no_arms = {"frozen", "none"},
        .why = "partly or not reproduced: the arms would tell"},
       {.verdict = "explained by control", .values = {{none, 0.4}}, .no_arms = {"frozen"}}});
}

TEST(AttentionClaims, A7DeletedNearZeroed) {
  const NamedValues zeroed = {{"ablate.low_gain.50", 0.1}, {"ablate.low_gain.60", 0.2}};
  const auto with = [&](double at_50, double at_60) {
    NamedValues values = zeroed;
    values.insert(values.end(), {{"delete.rows.50", at_50}, {"delete.rows.60", at_60}});
    return values;
  };
  expect_verdicts("A7", {"reproduced", "partly", "not reproduced", "not measured"},
                  {{"reproduced", with(0.109, 0.191)},
                   {"reproduced", with(0.11, 0.19)},
                   {"partly", with(0.2, 0.209)},
                   {"partly", with(0.111, 0.2)},
                   {"not reproduced", with(0.089, 0.211)},
                   {.verdict = "not measured", .no_numbers = {"delete.rows"}}});
}

TEST(AttentionClaims, A8NeedsAnIntervalThatEndsBelow) {
  const std::string thin16 = "loss_difference.thin16";  // its interval reaches 0.005
  expect_verdicts("A8", {"reproduced", "not reproduced", "not measured"},
                  {{"reproduced", {{thin16, 0.0149}}},
                   {.verdict = "not reproduced",
                    .values = {{thin16, 0.0151}},
                    .why = "the rule has one condition: no partly"},
                   {.verdict = "reproduced",
                    .no_arms = {"thin32", "grouped40"},
                    .why = "the rule reads neither"},
                   {.verdict = "not measured", .no_arms = {"thin16"}}});
  auto numbers = numbers_with({});
  numbers[thin16].interval.reset();
  EXPECT_TRUE(reason_of("A8", numbers)
                  .starts_with("This run has no interval of loss_difference.thin16; it takes two "
                               "validation sequences or more. "));
}

TEST(AttentionClaims, A8SaysWhichControlsDidNotRun) {
  const auto reason = reason_of("A8", without_arms({"thin32"}));
  EXPECT_EQ(
      reason,
      "Keys of 16 dimensions end +0.010 (+0.005 to +0.015) nats/token above the full ones. "
      "Keys and values of 40, which fill the same cache, end +0.030 (+0.025 to +0.035) above. "
      "Arm thin32 did not run.");
}

TEST(AttentionClaims, A9RisesWithDifficulty) {
  const std::string trend = "difficulty.low_gain.trend", p = "difficulty.low_gain.p",
                    slope = "difficulty.low_gain.slope", random_slope = "difficulty.random.slope";
  expect_verdicts("A9", {"reproduced", "partly", "not reproduced", "not measured"},
                  {{"reproduced", {{trend, 0.1}, {p, 0.0099}, {slope, 0.0101}}},
                   {"partly", {{p, 0.0101}}},
                   {.verdict = "partly", .values = {{trend, -0.1}}, .why = "a trend downwards"},
                   {.verdict = "partly", .values = {{slope, 0.0099}}, .why = "random is steeper"},
                   {"not reproduced", {{trend, -0.1}, {p, 0.9}, {slope, -0.01}}},
                   {.verdict = "not reproduced",
                    .values = {{trend, -0.8}, {p, 1}, {slope, -0.03}, {random_slope, -0.17}},
                    .why = "a fall is no rise, however flat"},
                   {.verdict = "not measured", .no_numbers = {"difficulty"}}});
  EXPECT_EQ(reason_of("A9", without({"difficulty"})),
            "This run has no difficulty.low_gain.trend; it takes two seeds (make report SEEDS=\"0 "
            "1\").");
}

}  // namespace
}  // namespace rc
