#include "model/foreign/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/foreign/foreign_key_model.h"
#include "model/foreign/foreign_weights.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::HasSubstr;
using torch::Tensor;

/// Gains are uneven, so that one in another's place shows.
SavedModel trained(ModelConfig c) {
  auto weights = initial_weights(c, 5, 0.3);
  std::uint64_t seed = 0;
  for (auto* gain : weights.gains())
    *gain = 0.5 + torch::rand(gain->sizes(), cpu_generator(++seed), torch::kFloat32);
  return {c, weights};
}

ModelConfig gated() {
  ModelConfig c;
  c.layers = 3, c.d_model = 32, c.heads = 4, c.kv_heads = 2, c.d_k = 10, c.d_v = 8, c.d_ff = 24;
  c.context = 16, c.vocabulary = 40, c.frequencies = {10, 5000}, c.gated_feed_forward = true;
  return c;
}

Tensor ids() { return torch::arange(2 * 13, torch::kInt64).reshape({2, 13}) * 7 % 40; }

class Export : public testing::Test {
 protected:
  std::string error_of(const SavedModel& model) {
    return user_error([&] { export_qwen3(dir_.path(), model); });
  }
  TestFolder dir_;
};

TEST_F(Export, GivesTheLogitsAndKeysOfTheModelTrainedHere) {
  auto config = gated();
  config.logit_width = 40;
  const auto model = trained(config);
  export_qwen3(dir_.path(), model);
  const torch::NoGradGuard no_grad;
  const Transformer here(config, model.weights, torch::kCPU);
  const auto there = ForeignModel::open(dir_.path());
  Taps own, foreign;
  here.hidden(ids(), &own);
  const auto x = there.through(0, there.layers(), there.embed(ids()), {}, &foreign);
  EXPECT_TRUE(torch::allclose(there.logits(x), here.logits(ids()), 1e-5, 1e-5));
  for (std::size_t l = 0; l < own.k.size(); ++l) {
    EXPECT_TRUE(torch::allclose(foreign.k[l], own.k[l], 1e-5, 1e-5)) << l;
    EXPECT_TRUE(torch::allclose(foreign.q[l], own.q[l], 1e-5, 1e-5)) << l;
  }
}

TEST_F(Export, UndergoesTheSameSurgery) {
  const auto model = trained(gated());
  export_qwen3(dir_.path(), model);
  const auto here = key_model({model.config, model.weights, torch::kCPU});
  const auto there =
      key_model(std::make_shared<const ForeignModel>(ForeignModel::open(dir_.path())), ids(), 13);
  const auto loss = [&](const KeyModel& m) {
    auto weights = m.saved().weights;
    for (auto& layer : weights.layers) {
      layer.gain_k = layer.gain_k.clone();
      layer.gain_k[3] = 0, layer.gain_k[4] = 0;
    }
    return m.token_losses(weights, ids(), ids().roll(1, 1));
  };
  EXPECT_TRUE(torch::allclose(loss(*here), loss(*there), 1e-5, 1e-5));
}

TEST(HalvesFromPairs, IsUndoneByItsReverse) {
  const auto x = torch::arange(24, torch::kFloat32).reshape({2, 2, 6});
  EXPECT_TRUE(torch::equal(pairs_from_halves(halves_from_pairs(x)), x));
  EXPECT_FALSE(torch::equal(halves_from_pairs(x), x));
}

TEST_F(Export, RefusesWhatIsNotOfThatShape) {
  auto config = gated();
  config.gated_feed_forward = false;
  EXPECT_THAT(error_of(trained(config)), HasSubstr("SET=model.feed_forward=swiglu"));
  config = gated();
  config.qk_norm = false;
  EXPECT_THAT(error_of(trained(config)), HasSubstr("model.qk_norm = off"));
  config = gated();
  config.d_v = 8, config.d_k = config.frequencies.width = 6;
  EXPECT_THAT(error_of(trained(config)), HasSubstr("values are wider"));
  config = gated();
  config.shuffle_frequencies = true;
  EXPECT_THAT(error_of(trained(config)), HasSubstr("rotary frequencies"));
  config = gated();
  config.uniform_attention = true;
  EXPECT_THAT(error_of(trained(config)), HasSubstr("no keys"));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

}  // namespace
}  // namespace rc
