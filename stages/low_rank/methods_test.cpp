#include "stages/low_rank/methods.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/evaluate.h"
#include "model/test_model.h"

namespace rc {
namespace {

/// Two key heads, so that each has moments of its own.
SavedModel two_heads() {
  auto config = tiny_config();
  config.kv_heads = 2;
  return {config, initial_weights(config, 0, 0.3)};
}

std::vector<LayerMoments> moments_of_all(const SavedModel& model) {
  const auto calibration =
      calibrate(Transformer(model.config, model.weights, torch::kCPU), tiny_batch().ids);
  return {moments_of(calibration, 0), moments_of(calibration, 1)};
}

const Method& method_named(const std::string& name) {
  return *std::find_if(low_rank_methods().begin(), low_rank_methods().end(),
                       [&](const Method& method) { return method.name == name; });
}

std::vector<double> losses(const SavedModel& model, const Weights& weights) {
  return evaluate_sequences(Transformer(model.config, weights, torch::kCPU), tiny_batch(), 3);
}

class EveryMethod : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryMethod, AtFullWidthIsTheWholeModel) {
  const auto model = two_heads();
  const auto moments = moments_of_all(model);
  const auto whole = losses(model, model.weights);
  const auto changed = losses(model, method_named(GetParam()).apply(model.weights, moments, 8));
  for (std::size_t s = 0; s < whole.size(); ++s) EXPECT_NEAR(changed[s], whole[s], 1e-5);
  const auto narrow = losses(model, method_named(GetParam()).apply(model.weights, moments, 2));
  EXPECT_GT(std::abs(narrow[0] - whole[0]), 1e-4);
}

TEST_P(EveryMethod, LeavesKeysOfTheRankItSays) {
  const auto model = two_heads();
  const auto moments = moments_of_all(model);
  const Transformer changed(model.config, method_named(GetParam()).apply(model.weights, moments, 4),
                            torch::kCPU);
  const auto after = calibrate(changed, tiny_batch().ids);
  for (long head = 0; head < 2; ++head) {
    const auto keys = after.k[1].select(1, head).reshape({-1, 8});
    EXPECT_EQ(at::linalg_matrix_rank(keys - keys.mean(0), 1e-4).item<long>(), 4);
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryMethod, ::testing::ValuesIn([] {
                           std::vector<std::string> names;
                           for (const auto& method : low_rank_methods())
                             names.push_back(method.name);
                           return names;
                         }()),
                         [](const auto& each) { return each.param; });

TEST(MappedKeys, KeepTheirMean) {
  const auto model = two_heads();
  const auto moments = moments_of_all(model);
  const auto weights = method_named("pca").apply(model.weights, moments, 2);
  const auto after = calibrate(Transformer(model.config, weights, torch::kCPU), tiny_batch().ids);
  // The first layer reads what it read before.
  for (std::size_t head = 0; head < 2; ++head)
    EXPECT_TRUE(torch::allclose(mean_key(after, 0)[static_cast<long>(head)].to(torch::kFloat64),
                                moments[0][head].mean, 1e-4, 1e-5));
}

TEST(Pairs, GoByTheirGains) {
  // Sums of squares of layer 0: 10, 4.25, 2.26, 0.53.
  const auto model = tiny_model();
  const auto cut = method_named("pair").apply(model.weights, {}, 4);
  EXPECT_TRUE(torch::equal(cut.layers[0].gain_k,
                           torch::tensor({1.0f, -3.0f, 0.5f, 2.0f, 0.0f, 0.0f, 0.0f, 0.0f})));
  EXPECT_EQ(model.weights.layers[0].gain_k.count_nonzero().item<long>(), 8);
}

TEST(KeptFloats, AreThoseOfWholePairs) {
  EXPECT_EQ(kept_floats(60, 64), 26);
  EXPECT_EQ(kept_floats(20, 64), 52);
  EXPECT_EQ(kept_floats(80, 64), 12);
  EXPECT_EQ(kept_floats(50, 6), 2);
}

TEST(StepCost, CountsWhatEachCachedTokenCosts) {
  ModelConfig c = tiny_config();
  c.heads = 8, c.kv_heads = 4, c.d_k = 64;
  EXPECT_EQ(method_named("pca").cost(26, c).restore, 26 * 64 + 128);
  EXPECT_EQ(method_named("pca").cost(26, c).dot, 128);
  EXPECT_EQ(method_named("within_pairs").cost(26, c).restore, 0);
  EXPECT_EQ(method_named("within_pairs").cost(26, c).dot, 128);
  EXPECT_EQ(method_named("pair").cost(26, c).restore, 0);
  EXPECT_EQ(method_named("pair").cost(26, c).dot, 52);
}

}  // namespace
}  // namespace rc
