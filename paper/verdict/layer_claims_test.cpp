// B4 to B7 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(LayerClaims, B4LooksBehindTheCosine) {
  const std::string pearson = "correlate.pearson.mean", null = "correlate.pearson.null_99",
                    cosine = "correlate.copy.cosine.mean",
                    shuffled = "correlate.copy.cosine.null_mean";
  expect_verdicts(
      "B4", {"reproduced", "partly", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{pearson, 0.51}}},
       {.verdict = "reproduced",
        .values = {{cosine, 0.995}, {shuffled, 0.995}},
        .why = "no shuffle reaches a centred correlation"},
       {"partly", {{pearson, 0.49}}},
       {"partly", {{pearson, 0.6}, {null, 0.61}}},
       {"not reproduced", {{pearson, 0.01}}},
       {"explained by control", {{pearson, 0.49}, {cosine, 0.991}, {shuffled, 0.9881}}},
       {"explained by control", {{pearson, 0.01}, {cosine, 0.991}, {shuffled, 0.991}}},
       {"not reproduced", {{pearson, 0.01}, {cosine, 0.991}, {shuffled, 0.9879}}},
       {"not reproduced", {{pearson, 0.01}, {cosine, 0.989}, {shuffled, 0.989}}},
       {.verdict = "not measured", .values = {{pearson, 0.49}}, .no_arms = {"copy"}},
       {.verdict = "reproduced", .no_arms = {"copy"}, .why = "nothing depends on it"}});
}

TEST(LayerClaims, B5SharesMoreThanHalf) {
  const std::string overlap = "correlate.top8.overlap", null = "correlate.top8.null";
  expect_verdicts("B5", {"reproduced", "not reproduced", "explained by control", "not measured"},
                  {{"reproduced", {{overlap, 4.1}, {null, 4.0}}},
                   {"not reproduced", {{overlap, 4.0}}},
                   {"explained by control", {{overlap, 4.5}, {null, 4.1}}},
                   {"not reproduced", {{overlap, 3.9}, {null, 4.1}}},
                   {.verdict = "not measured", .no_numbers = {null}}});
}

TEST(LayerClaims, B6IsMeasuredInTwoPhasesOfTwoShapes) {
  const auto all = [](double speed) {
    NamedValues values;
    for (const auto* phase : {"prefill", "decode", "original.prefill", "original.decode"})
      values.emplace_back("inference." + std::string(phase) + ".speedup.60", speed);
    return values;
  };
  expect_verdicts("B6", {"reproduced", "partly", "not reproduced", "not measured"},
                  {{"reproduced", all(1.81)},
                   {"partly", {{"inference.original.decode.speedup.60", 1.79}}},
                   {"partly", {{"inference.prefill.speedup.60", 1.79}}},
                   {"not reproduced", all(1.79)},
                   {.verdict = "not measured", .no_numbers = {"inference.original"}}});
  EXPECT_FALSE(verdict_on(claim("B6"), numbers_with({})).at("few_seeds")) << "a clock has no seeds";
}

TEST(LayerClaims, B7HasARandomControl) {
  const std::string live = "loss_difference.virtual12", random = live + "_random";
  expect_verdicts(
      "B7", {"reproduced", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{live, 0.0149}, {random, 0.0151}}},
       {"not reproduced", {{live, 0.0151}}},
       {"explained by control", {{random, 0.0149}}},
       {.verdict = "not measured", .no_arms = {"virtual12_random"}},
       {.verdict = "not measured", .no_arms = {"virtual12"}},
       {.verdict = "not reproduced", .values = {{live, 0.0151}}, .no_arms = {"virtual12_random"}},
       {.verdict = "reproduced", .no_arms = {"virtual12_oracle"}}});
}

}  // namespace
}  // namespace rc
