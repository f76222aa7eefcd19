// B4 to B7 with numbers just either side of their thresholds.
#include <gtest/gtest.h>

#include "paper/testing/verdict_cases.h"

namespace rc {
namespace {

TEST(LayerClaims, B4LooksBehindTheCosine) {
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
  EXPECT_EQ(with(0.51, 0.02, 0.5, 0.5), "reproduced") << "the cosine decides nothing alone";
  EXPECT_EQ(with(0.01, 0.02, 0.989, 0.991), "not reproduced");
  EXPECT_EQ(with(0.01, 0.02, 0.991, 0.989), "not reproduced");
}

TEST(LayerClaims, B4AsksWhetherThePatternFollowsFrequency) {
  const auto reason_with = [](const Values& values) -> std::string {
    return verdict_on(claim("B4"), numbers_with(values)).at("reason");
  };
  EXPECT_EQ(reason_with({}).find("rope_shuffled"), std::string::npos) << "no such arm";
  const auto reason = reason_with({{"correlate.rope_shuffled.pearson.mean", 0.02},
                                   {"correlate.rope_shuffled.pair_level.mean", 0.03},
                                   {"correlate.rope_shuffled.by_frequency.mean", 0.47}});
  EXPECT_NE(reason.find("at 0.020 by index (0.030 averaged within pairs) and at 0.470"),
            std::string::npos)
      << reason;
  EXPECT_NE(reason.find("(p = 0.001 by circular shifts)"), std::string::npos) << reason;
}

TEST(LayerClaims, B5SharesMoreThanHalf) {
  const std::string overlap = "correlate.top8.overlap", null = "correlate.top8.null";
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.1}}), "reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.0}}), "not reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.5}, {null, 4.1}}), "explained by control");
  EXPECT_EQ(verdict_with("B5", {{overlap, 4.5}, {null, 4.0}}), "reproduced");
  EXPECT_EQ(verdict_with("B5", {{overlap, 3.9}, {null, 4.1}}), "not reproduced");
}

TEST(LayerClaims, B6TakesMeasurementsBeforeCaps) {
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

TEST(LayerClaims, B7HasARandomControl) {
  EXPECT_EQ(verdict_with("B7", {}), "not measured");
  const auto near = difference("virtual12", 0.01, 0.009);
  EXPECT_EQ(verdict_of("B7", near), "reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.01, 0.011)), "partly");
  EXPECT_EQ(verdict_of("B7", difference("virtual12", 0.03, 0.001)), "not reproduced");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.009, near)),
            "explained by control");
  EXPECT_EQ(verdict_of("B7", difference("virtual12_random", 0.01, 0.011, near)), "reproduced");
}

}  // namespace
}  // namespace rc
