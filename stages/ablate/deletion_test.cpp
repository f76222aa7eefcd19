#include "stages/ablate/deletion.h"

#include <gtest/gtest.h>

#include "stages/ablate/test_model.h"

namespace rc {
namespace {

const Cut kCut = {{4, 5, 2, 3}, {0, 1, 6, 7}};

torch::Tensor keys_of(const ModelConfig& c, const Weights& weights) {
  return calibrate(Transformer(c, weights, torch::kCPU), tiny_batch().ids).k[0];
}

torch::Tensor logits_of(const ModelConfig& c, const Weights& weights) {
  const torch::NoGradGuard no_grad;
  return Transformer(c, weights, torch::kCPU).logits(tiny_batch().ids);
}

TEST(DeleteRows, NormalisesOverTheSurvivors) {
  const TinyModel tiny;
  const auto keys =
      keys_of(tiny.model.config, delete_rows(tiny.trained(), kCut, /*statistic=*/false));
  EXPECT_EQ(keys.select(3, 4).abs().max().item<float>(), 0);
  const auto survivors = torch::tensor({0, 1, 6, 7}, torch::kInt64);
  const auto plain = keys.index_select(3, survivors) /
                     tiny.model.weights.layers[0].gain_k.index_select(0, survivors);
  EXPECT_TRUE(torch::allclose(plain.square().mean(-1), torch::ones({3, 1, 12}), 1e-3));
}

TEST(DeleteRows, WithTheStatisticKeepsTheMeanSizeOfTheKeys) {
  const TinyModel tiny;
  const auto survivors = torch::tensor({0, 1, 6, 7}, torch::kInt64);
  const auto size = [&](const Weights& weights) {
    const auto keys = keys_of(tiny.model.config, weights).index_select(3, survivors);
    const auto gain = tiny.model.weights.layers[0].gain_k.index_select(0, survivors);
    return (keys / gain).square().mean(-1).sqrt().mean().item<double>();
  };
  EXPECT_NEAR(size(delete_rows(tiny.trained(), kCut, true)), size(tiny.model.weights), 1e-3);
  EXPECT_GT(std::abs(size(delete_rows(tiny.trained(), kCut, false)) - size(tiny.model.weights)),
            0.01);
}

TEST(DeleteRows, IsZeroingWhereNothingIsNormalised) {
  TinyModel tiny;
  tiny.model.config.qk_norm = false;
  const auto deleted = delete_rows(tiny.trained(), kCut, true);
  const auto zeroed = zero_gains(tiny.model.weights, kCut);
  EXPECT_TRUE(torch::allclose(logits_of(tiny.model.config, deleted),
                              logits_of(tiny.model.config, zeroed), 1e-4, 1e-5));
}

TEST(DeletePairs, OfKeysAloneOrCompactedIsOne) {
  TinyModel tiny;
  tiny.model.config.qk_norm = false;
  const auto narrow = delete_pairs(tiny.trained(), kCut, false);
  EXPECT_EQ(narrow.config.d_k, 4);
  const auto zeroed = zero_gains(tiny.model.weights, kCut);
  EXPECT_TRUE(torch::allclose(logits_of(narrow.config, narrow.weights),
                              logits_of(tiny.model.config, zeroed), 1e-4, 1e-5));
}

TEST(RunDeletions, MeasuresEveryWayAtEveryPercentage) {
  const TinyModel tiny;
  long count = 0;
  const auto results = run_deletions(tiny.trained(), [&](const SavedModel& model) {
    ++count;
    return Sequences{static_cast<double>(model.config.d_k)};
  });
  EXPECT_EQ(count, kDeletionCount);
  EXPECT_EQ(results.at("pairs").at(50), Sequences{4});
  EXPECT_EQ(results.at("rows").at(50), Sequences{8});
  EXPECT_EQ(results.at("pairs_statistic").at(80), Sequences{2});
}

}  // namespace
}  // namespace rc
