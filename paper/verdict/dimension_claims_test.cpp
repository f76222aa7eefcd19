// A1 to A5 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(DimensionClaims, A1IsContext) { EXPECT_EQ(verdict_with("A1", {}), "context"); }

TEST(DimensionClaims, A2FallsUnderAQuarter) {
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

TEST(DimensionClaims, A2CountsAGainsNull) {
  const std::string pr = "rank.coordinate_pr.";
  Values values = {{pr + "final.middle", 15},          {pr + "final.deep", 15},
                   {pr + "null.laplace", 17},          {pr + "null.permuted.middle", 17},
                   {pr + "null.permuted.deep", 17},    {pr + "null.same_gains.middle", 15.9},
                   {pr + "null.same_gains.deep", 16.1}};
  EXPECT_EQ(verdict_with("A2", values), "reproduced") << "a null must pass in both thirds";
  values.back().second = 15.9;
  EXPECT_EQ(verdict_with("A2", values), "explained by control");
}

TEST(DimensionClaims, A2ScalesWithTheWidth) {
  EXPECT_EQ(verdict_with("A2", {{"model.d_k", 32}}), "partly") << "15.1 falls, but is over 8";
}

TEST(DimensionClaims, A3GoesByTheKnife) {
  const std::string removable = "ablate.removable_fraction.";
  const auto with = [&](double low, double random) {
    return verdict_with("A3", {{removable + "low_gain", low}, {removable + "random", random}});
  };
  EXPECT_EQ(with(0.8, 0.79), "reproduced");
  EXPECT_EQ(with(0.79, 0.1), "not reproduced");
  EXPECT_EQ(with(0.8, 0.8), "explained by control");
}

TEST(DimensionClaims, A4NeedsSpreadAndExtremes) {
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

TEST(DimensionClaims, A4CountsFrozenGains) {
  Values values = {{"gains.survivors.null.layer_mid", 0}, {"gains.frozen.cv.layer_mid", 0.149}};
  EXPECT_EQ(verdict_with("A4", values), "reproduced");
  values.back().second = 0.151;
  EXPECT_EQ(verdict_with("A4", values), "explained by control");
}

TEST(DimensionClaims, A5SettlesInTheFirstHalf) {
  const std::string lock_in = "gains.lock_in.step_fraction", seeds = "gains.seeds_spearman";
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}}), "reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.5}}), "not reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}, {seeds, 0.89}}), "reproduced");
  EXPECT_EQ(verdict_with("A5", {{lock_in, 0.49}, {seeds, 0.91}}), "explained by control");
}

}  // namespace
}  // namespace rc
