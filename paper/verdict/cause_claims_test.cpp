// C2 to C6 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(CauseClaims, C2FadingGoesWithDecay) {
  expect_verdicts(
      "C2", {"reproduced", "not reproduced", "not measured"},
      {{"reproduced", {{"gains.decay_share", 0.51}}},
       {"not reproduced", {{"gains.decay_share", 0.5}}},
       {.verdict = "not measured", .no_arms = {"no_decay"}, .no_numbers = {"gains.decay"}},
       {.verdict = "not measured", .no_numbers = {"gains.decay"}}});
  EXPECT_TRUE(reason_of("C2", without({"gains.decay"}))
                  .starts_with("This run has no gains.decay_share; no layer's smallest gain fell "
                               "below 1. "));
}

TEST(CauseClaims, C3FadesWithWavelength) {
  const std::string slowest = "ablate.slowest.50", own = "gains.spearman_with_wavelength",
                    base40 = "gains.rope40.spearman_with_wavelength";
  expect_verdicts(
      "C3", {"reproduced", "partly", "not reproduced", "not measured"},
      {{"reproduced", {{slowest, 0.008}, {own, -0.11}, {base40, -0.09}}},
       {.verdict = "reproduced", .values = {{base40, 0.4}}, .why = "it flips"},
       {"partly", {{slowest, 0.0081}}},
       {.verdict = "partly", .values = {{base40, -0.11}}, .why = "it stays"},
       {.verdict = "partly", .values = {{own, -0.09}}, .why = "there was none to lose"},
       {.verdict = "partly", .values = {{own, 0.5}, {base40, -0.05}}, .why = "it rises"},
       {.verdict = "reproduced",
        .values = {{"ablate.low_gain.50", -0.001}, {slowest, -0.0005}},
        .why = "what costs nothing is cheap"},
       {"not reproduced", {{slowest, 0.0081}, {base40, -0.5}}},
       {.verdict = "not measured", .no_arms = {"rope40"}},
       {.verdict = "not measured", .no_numbers = {slowest}}});
}

TEST(CauseClaims, C4FindsABasis) {
  const auto all = [](double rise) {
    return NamedValues{
        {"lowrank.pca.60", rise}, {"lowrank.within_pairs.60", rise}, {"lowrank.kq_svd.60", rise}};
  };
  expect_verdicts("C4", {"reproduced", "not reproduced", "not measured"},
                  {{"reproduced", {{"lowrank.kq_svd.60", 0.049}}},
                   {"not reproduced", all(0.051)},
                   {"reproduced", {{"lowrank.kq_svd.60", 0.3}, {"lowrank.pca.60", 0.049}}},
                   {.verdict = "not measured", .values = all(0.051), .no_numbers = {"lowrank.pca"}},
                   {.verdict = "not measured", .values = {{"lowrank.pair.60", 0}}},
                   {.verdict = "not measured", .no_numbers = {"lowrank"}}});
}

TEST(CauseClaims, C5WastesAlikeAtEveryWidth) {
  const std::string own = "ablate.removable_fraction_learned.low_gain",
                    thin32 = "ablate.thin32.removable_fraction_learned.low_gain",
                    thin16 = "ablate.thin16.removable_fraction_learned.low_gain";
  expect_verdicts("C5", {"reproduced", "not reproduced", "not measured"},
                  {{"reproduced", {{own, 0.4}, {thin32, 0.3}, {thin16, 0.35}}},
                   {.verdict = "not reproduced",
                    .values = {{own, 0.4}, {thin32, 0.5}, {thin16, 0.35}},
                    .why = "neither is far from the main arm"},
                   {"not reproduced", {{own, 0.4}, {thin32, 0.4}, {thin16, 0.25}}},
                   {.verdict = "not measured", .no_arms = {"thin32"}},
                   {.verdict = "not measured", .no_arms = {"thin16"}}});
}

TEST(CauseClaims, C6HasNoVerdict) {
  expect_verdicts("C6", {"context", "not measured"},
                  {{"context"}, {.verdict = "not measured", .no_numbers = {"ablate.tokens16"}}});
}

}  // namespace
}  // namespace rc
