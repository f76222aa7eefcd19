#include "stages/low_rank/low_rank.h"

#include <gtest/gtest.h>

#include "model/test_model.h"
#include "pipeline/statistics/statistics.h"
#include "stages/low_rank/low_rank_report.h"

namespace rc {
namespace {

class Measured : public ::testing::Test {
 protected:
  SavedModel saved_ = tiny_model();
  KeyModelPtr model_ = key_model({saved_.config, saved_.weights, torch::kCPU});
  long ticks_ = 0;
  LowRank measured_ = measure_low_rank(*model_, model_->calibrate(tiny_batch().ids), tiny_batch(),
                                       /*curve_sequences=*/2, [this](long done) { ticks_ = done; });
};

TEST_F(Measured, HasEveryMethodAtEveryPercentage) {
  EXPECT_EQ(ticks_, low_rank_evaluations(3, 2));
  EXPECT_EQ(ticks_, 2 * 3 + 5 * (4 * 2 + 3));
  ASSERT_EQ(measured_.curves.size(), low_rank_methods().size());
  for (const auto& [name, curve] : measured_.curves) {
    ASSERT_EQ(curve.size(), std::size(kLowRankPercents)) << name;
    for (std::size_t p = 0; p < curve.size(); ++p) {
      EXPECT_EQ(curve[p].losses.size(), kLowRankPercents[p] == 60 ? 3u : 2u) << name;
      EXPECT_EQ(curve[p].losses.size(), curve[p].baseline.size());
      EXPECT_NE(curve[p].losses, curve[p].baseline) << name;
    }
    // The middle of rows 0 to 1.5 and of 1.5 to 3.
    EXPECT_EQ(curve[0].baseline[0], measured_.baseline[0]);
    EXPECT_EQ(curve[0].uniform[1], measured_.uniform[2]);
  }
}

TEST_F(Measured, IsReportedAsRises) {
  const auto numbers = low_rank_numbers(measured_, saved_.config);
  const auto rise_at_60 = mean(measured_.curves.at("pca")[3].losses) - mean(measured_.baseline);
  EXPECT_NEAR(numbers.at("lowrank.pca.60").value, rise_at_60, 1e-12);
  const auto benefit = mean(measured_.uniform) - mean(measured_.baseline);
  EXPECT_NEAR(numbers.at("lowrank.pca.60.share").value, rise_at_60 / benefit, 1e-9);
  EXPECT_EQ(numbers.at("lowrank.floats.60").value, 4);  // 2 of 4 pairs
  EXPECT_EQ(numbers.at("lowrank.kq_svd.restore_operations").value, 4 * 8 + 16);

  const auto report = low_rank_report(measured_, saved_.config);
  EXPECT_EQ(report.at("floats"), (std::vector<long>{6, 4, 4, 4, 2}));
  const auto& pca = report.at("methods").at("pca");
  EXPECT_NEAR(pca.at("rise").at(3).get<double>(), rise_at_60, 1e-12);
  EXPECT_EQ(pca.at("restore_operations").at(4), 2 * 8 + 16);
  for (const auto& method : low_rank_methods()) {
    const auto& told = report.at("methods").at(method.name);
    EXPECT_EQ(low_rank_methods().at(told.at("place")).legend, told.at("legend").get<std::string>());
    EXPECT_FALSE(told.at("folded").get<std::string>().empty());
  }
}

}  // namespace
}  // namespace rc
