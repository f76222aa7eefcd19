// A1 to A5 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(DimensionClaims, A1IsContext) {
  expect_verdicts("A1", {"context", "not measured"},
                  {{"context"}, {.verdict = "not measured", .no_numbers = {"rank"}}});
}

const std::string kFinal = "rank.coordinate_pr.final.", kStart = "rank.coordinate_pr.initial.";

NamedValues both_thirds(const std::string& name, double value) {
  return {{name + "middle", value}, {name + "deep", value}};
}

TEST(DimensionClaims, A2FallsUnderAQuarter) {
  expect_verdicts(
      "A2", {"reproduced", "partly", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", both_thirds(kFinal, 15.9)},
       {"partly", {{kFinal + "middle", 16.1}}},
       {"partly", {{kFinal + "deep", 16.1}}},
       {.verdict = "partly", .values = both_thirds(kStart, 14.9), .why = "it must fall"},
       {.verdict = "partly", .values = {{"model.d_k", 32}}, .why = "15 falls, but is over 8"},
       {"not reproduced",
        {{kFinal + "middle", 16.1},
         {kFinal + "deep", 16.1},
         {kStart + "middle", 16},
         {kStart + "deep", 16}}},
       {"explained by control", both_thirds("rank.frozen.coordinate_pr.final.", 15.9)},
       {"explained by control", both_thirds("rank.none.coordinate_pr.final.", 15.9)},
       {.verdict = "reproduced",
        .values = {{"rank.none.coordinate_pr.final.deep", 15.9}},
        .why = "a control must fall in both thirds"},
       {.verdict = "not measured", .no_arms = {"frozen"}},
       {.verdict = "not measured", .no_arms = {"frozen", "none"}},
       {.verdict = "explained by control",
        .values = both_thirds("rank.frozen.coordinate_pr.final.", 15.9),
        .no_arms = {"none"},
        .why = "one control is enough to explain"},
       {.verdict = "not reproduced",
        .values = {{kFinal + "middle", 24}, {kFinal + "deep", 24}},
        .no_arms = {"frozen", "none"},
        .why = "no control is needed for a miss"}});
}

TEST(DimensionClaims, A2rHoldsDirectionsAgainstARandomProjection) {
  const std::string pr = "rank.pr_eigen.centred.before_rope.";
  expect_verdicts(
      "A2r", {"reproduced", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{pr + "final.deep", 12.4}}},
       {"not reproduced", {{pr + "final.deep", 12.6}}},
       {.verdict = "explained by control",
        .values = {{"rank.frozen.pr_eigen.centred.before_rope.final.deep", 10.5}},
        .why = "the main arm's interval ends at 10.5"},
       {"reproduced", {{"rank.frozen.pr_eigen.centred.before_rope.final.deep", 10.6}}},
       {"explained by control", {{"rank.none.pr_eigen.centred.before_rope.final.deep", 9}}},
       {.verdict = "not measured", .no_arms = {"none"}},
       {.verdict = "not measured", .no_numbers = {pr + "random_projection"}}});
}

TEST(DimensionClaims, A3GoesByTheBestOrder) {
  const std::string best = "ghost.removable_learned.deep.best";
  expect_verdicts("A3", {"reproduced", "not reproduced", "not measured"},
                  {{"reproduced", {{best, 0.8}, {"ghost.removable.deep.best", 0.1}}},
                   {"not reproduced", {{best, 0.79}}},
                   {.verdict = "not measured",
                    .values = {{"benefit.learned", -0.001}},
                    .why = "nothing to remove a hundredth of"},
                   {.verdict = "not measured", .no_numbers = {"ghost"}}});
}

TEST(DimensionClaims, A4NeedsSpreadExtremesAndAOneSidedTail) {
  const std::string cv = "gains.cv.layer_mid", least = "gains.min.layer_mid",
                    skewness = "gains.skewness.layer_mid";
  expect_verdicts(
      "A4", {"reproduced", "partly", "not reproduced", "explained by control", "not measured"},
      {{"reproduced", {{cv, 0.151}, {least, 0.94}, {skewness, 0.51}}},
       {"partly", {{cv, 0.149}}},
       {"partly", {{least, 0.96}}},
       {"partly", {{skewness, 0.49}}},
       {.verdict = "reproduced",
        .values = {{least, -0.1}},
        .why = "no ratio with a gain under zero"},
       {"not reproduced", {{cv, 0.149}, {least, 0.96}, {skewness, 0.49}}},
       {"explained by control", {{"gains.no_decay.fading.median", 0.19}}},
       {"reproduced", {{"gains.no_decay.fading.median", 0.21}}},
       {.verdict = "not measured", .no_arms = {"no_decay"}},
       {.verdict = "partly", .values = {{cv, 0.149}}, .no_arms = {"no_decay"}}});
}

TEST(DimensionClaims, A5SettlesEarlyAtTwoHorizons) {
  const std::string x1 = "gains.lock_in.", x4 = "gains.tokens4.lock_in.";
  expect_verdicts(
      "A5", {"reproduced", "partly", "not reproduced", "not measured"},
      {{"reproduced", {{x1 + "step_fraction", 0.49}, {x4 + "step_fraction", 0.49}}},
       {"partly", {{x1 + "step_fraction", 0.5}}},
       {"partly", {{x4 + "step_fraction", 0.5}}},
       {.verdict = "partly", .values = {{x1 + "walk_05", 0.4}}, .why = "a walk settles as early"},
       {.verdict = "partly", .values = {{x4 + "walk_05", 0.3}}, .why = "a longer walk does"},
       {"not reproduced",
        {{x1 + "step_fraction", 0.6}, {x4 + "step_fraction", 0.5}, {x1 + "walk_05", 0.6}}},
       {.verdict = "not measured", .no_arms = {"tokens4"}},
       {.verdict = "not measured", .no_numbers = {x1 + "walk_05"}}});
}

}  // namespace
}  // namespace rc
