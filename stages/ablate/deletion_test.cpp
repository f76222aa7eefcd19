#include "stages/ablate/deletion.h"

#include <gtest/gtest.h>

#include "stages/ablate/ablation_report.h"
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
  const auto keys = keys_of(tiny.model.config, delete_rows(tiny.trained(), kCut));
  EXPECT_EQ(keys.select(3, 4).abs().max().item<float>(), 0);
  const auto survivors = torch::tensor({0, 1, 6, 7}, torch::kInt64);
  const auto plain = keys.index_select(3, survivors) /
                     tiny.model.weights.layers[0].gain_k.index_select(0, survivors);
  EXPECT_TRUE(torch::allclose(plain.square().mean(-1), torch::ones({3, 1, 12}), 1e-3));
}

TEST(DeleteRows, IsZeroingWhereNothingIsNormalised) {
  TinyModel tiny;
  tiny.model.config.qk_norm = false;
  const auto deleted = delete_rows(tiny.trained(), kCut);
  const auto zeroed = zero_gains(tiny.model.weights, kCut);
  EXPECT_TRUE(torch::allclose(logits_of(tiny.model.config, deleted),
                              logits_of(tiny.model.config, zeroed), 1e-4, 1e-5));
}

TEST(DeletePairs, OfKeysAloneOrCompactedIsOne) {
  TinyModel tiny;
  tiny.model.config.qk_norm = false;
  const auto narrow = delete_pairs(tiny.trained(), kCut);
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
  EXPECT_EQ(results.at("pairs").at(80), Sequences{2});
}

/// Norm over all rows as in the trained model; of what it leaves only the pairs 0 and 3 are turned
/// and cached.
TEST(DeleteCached, GivesTheLogitsOfZeroedPairsByNarrowerKeys) {
  const TinyModel tiny;
  const auto& whole = tiny.calibration;
  const auto zeroed =
      calibrate(Transformer(tiny.model.config, zero_gains(tiny.model.weights, kCut), torch::kCPU),
                tiny_batch().ids);
  const auto pairs = torch::tensor({0, 3}, torch::kInt64);
  const auto dimensions = torch::tensor({0, 1, 6, 7}, torch::kInt64);
  const Rope rope = {whole.ropes[0].cos.index_select(1, pairs),
                     whole.ropes[0].sin.index_select(1, pairs)};
  const auto narrow = [&](const torch::Tensor& x) {
    return apply_rope(x.index_select(3, dimensions), rope);
  };
  const auto wide = [&](const torch::Tensor& x) { return apply_rope(x, whole.ropes[0]); };
  const auto logits = narrow(whole.q[0]).matmul(narrow(whole.k[0]).transpose(2, 3));
  EXPECT_TRUE(torch::allclose(logits, wide(zeroed.q[0]).matmul(wide(zeroed.k[0]).transpose(2, 3)),
                              1e-4, 1e-5));
}

TEST(DeletionNumbers, OfTheThinCacheAreThoseOfZeroedPairs) {
  Experiment e{.percents = {0, 50, 100},
               .baseline = torch::ones({2, 4}, torch::kFloat64),
               .floor = torch::full({2, 4}, 3.0, torch::kFloat64)};
  const Deletions deletions = {{"rows", {{50, {1.5, 1.7}}}}};
  EXPECT_FALSE(deletion_numbers(deletions, e).contains("delete.cached.50"));
  e.curves["pair"] = {{{0, 1}, {1, 1}}, {{0, 1}, {1.2, 1.4}}, {{0, 1}, {3, 3}}};
  const auto numbers = deletion_numbers(deletions, e);
  EXPECT_NEAR(numbers.at("delete.rows.50").value, 0.6, 1e-12);
  EXPECT_NEAR(numbers.at("delete.cached.50").value, 0.3, 1e-12);
  EXPECT_FALSE(numbers.contains("delete.cached.100"));
}

}  // namespace
}  // namespace rc
