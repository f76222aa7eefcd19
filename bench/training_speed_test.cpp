#include "bench/training_speed.h"

#include <gtest/gtest.h>

#include "bench/revision_check.h"
#include "model/test_settings.h"

namespace rc {
namespace {

TEST(TrainingFlops, AreSixAParameterAndThreePassesOfAttention) {
  ModelConfig c;
  c.layers = 2, c.d_model = 4, c.heads = 2, c.kv_heads = 1, c.d_k = 6, c.d_v = 2, c.d_ff = 8;
  c.context = 10, c.vocabulary = 5;
  // A layer: (12 + 6 + 2 + 4) * 4 + 2 * 4 * 8 matrices, 8 + 12 gains; with embedding and last norm.
  const double parameters = 2 * (96 + 64 + 20) + 20 + 4;
  EXPECT_DOUBLE_EQ(training_flops(c), 6 * parameters + 3 * 2 * 2 * 10 * (6 + 2));
}

TEST(TimeSteps, RecordsEveryRoundButTheFirst) {
  const auto settings = model_settings({"model.layers=3", "model.d_model=16", "model.d_ff=24",
                                        "model.d_k=8", "model.context=8", "train.batch=2"});
  const auto config = ModelConfig::from(settings, 300);
  const auto rounds = time_steps(config, settings, torch::kCPU, 3);
  for (const auto* seconds :
       {&rounds.reference, &rounds.fused, &rounds.reference_bfloat16, &rounds.product}) {
    EXPECT_EQ(seconds->size(), 3u);
    EXPECT_GT(seconds->front(), 0);
  }
}

TEST(TimeSteps, AreReportedAsGoogleBenchmarkWould) {
  Rounds rounds = {{3, 2, 4}, {1.5, 1, 2}, {}, {5, 6, 7}, {9, 9, 9}};
  CaseSeconds seconds = {
      {"training/reference", 2}, {"training/fused", 1}, {"training/fused/bfloat16", 5}};
  EXPECT_EQ(case_seconds(to_json(rounds).dump(), "bench-train"), seconds);
  rounds.fused_bfloat16.clear();
  seconds.erase("training/fused/bfloat16");
  EXPECT_EQ(case_seconds(to_json(rounds).dump(), "bench-train"), seconds);
}

}  // namespace
}  // namespace rc
