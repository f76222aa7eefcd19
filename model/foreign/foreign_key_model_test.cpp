#include "model/foreign/foreign_key_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/foreign/tiny_checkpoint.h"
#include "model/tensors.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using nlohmann::json;
using torch::Tensor;

constexpr long kTokens = 9;  // of tiny_ids()

bool close(const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-4, 1e-5); }

class ForeignKeys : public testing::TestWithParam<std::string> {
 protected:
  ForeignModel open() const { return ForeignModel::open(folder_ / "model"); }
  KeyModelPtr keys() const {
    return key_model(std::make_shared<const ForeignModel>(open()), tiny_ids(), kTokens);
  }
  Tensor losses(const KeyModel& model, const Weights& weights) const {
    return model.token_losses(weights, tiny_ids(), tiny_ids().roll(-1, 1));
  }
  Tensor losses(const ForeignModel& model, const KeyChanges& changes) const {
    const auto x = model.through(0, model.layers(), model.embed(tiny_ids()), changes);
    return model.token_losses(x, tiny_ids().roll(-1, 1));
  }
  void write(const std::string& family, const json& own = {}) {
    write_tiny_checkpoint(folder_ / "model", tiny_config_json(family, own));
  }
  TestFolder folder_;
};

TEST_P(ForeignKeys, HaveTheLossesOfTheWholeModel) {
  write(GetParam());
  const auto model = keys();
  EXPECT_TRUE(close(losses(*model, model->saved().weights), losses(open(), {})));
  const auto below = model->stream_below(2, tiny_ids());
  EXPECT_TRUE(
      close(model->token_losses_above(model->saved().weights, 2, below, tiny_ids().roll(-1, 1)),
            losses(open(), {})));
}

TEST_P(ForeignKeys, LoseADimensionOfEveryHeadWithItsGain) {
  write(GetParam());
  const auto model = keys();
  auto weights = model->saved().weights;
  weights.layers[1].gain_k = weights.layers[1].gain_k.clone();
  weights.layers[1].gain_k[4] = 0;
  auto mask = torch::ones({2, 6});
  mask.select(1, 4).zero_();
  const auto cut = losses(*model, weights);
  EXPECT_TRUE(close(cut, losses(open(), {{1, {.mask = mask}}})));
  EXPECT_FALSE(close(cut, losses(open(), {})));
}

TEST_P(ForeignKeys, TakeMapsAndOffsets) {
  write(GetParam());
  const auto model = keys();
  auto weights = model->saved().weights;
  weights.layers[2].key_map = torch::eye(6).expand({2, 6, 6}) * 0.5;
  weights.layers[0].key_offset = torch::ones({2, 6});
  EXPECT_TRUE(close(losses(*model, weights),
                    losses(open(), {{2, {.map = weights.layers[2].key_map}},
                                    {0, {.offset = weights.layers[0].key_offset}}})));
}

// Uniform attention over the past, whatever the order of what was cut.
TEST_P(ForeignKeys, AttendUniformlyWithoutGains) {
  write(GetParam());
  const auto model = keys();
  auto weights = model->saved().weights;
  KeyChanges none;
  for (long l = 0; l < 3; ++l) {
    weights.layers[l].gain_k = torch::zeros({6});
    none[l] = {.mask = torch::zeros({2, 6})};
  }
  EXPECT_TRUE(close(losses(*model, weights), losses(open(), none)));
}

/// q k^T / sqrt(d_k) of a calibration are the logits, whatever scale the family has.
TEST_P(ForeignKeys, AreCalibratedToOneScale) {
  write(GetParam());
  const auto foreign = open();
  const auto calibration = keys()->calibrate(tiny_ids());
  Taps taps;
  foreign.through(0, 3, foreign.embed(tiny_ids()), {}, &taps);
  const auto ours = calibration.q[1][0][3].matmul(calibration.k[1][0][1].t()) / std::sqrt(6.0);
  const auto theirs = taps.q[1][0].select(1, 3).matmul(taps.k[1][0].select(1, 1).t()) *
                      foreign.config().logit_scale;
  EXPECT_TRUE(close(ours, theirs));
}

INSTANTIATE_TEST_SUITE_P(Families, ForeignKeys,
                         testing::Values("llama", "qwen3", "olmo2", "gemma3_text"),
                         [](const auto& each) { return each.param; });

TEST_F(ForeignKeys, AreOrderedByGainOrByEnergy) {
  write("gemma3_text");
  const auto gains = open().layer(0).gain_k;
  EXPECT_TRUE(close(keys()->saved().weights.layers[0].gain_k, gains));
  EXPECT_EQ(key_sizes(open()), KeySizes::kGains);

  write("olmo2");
  const auto by_head = open().layer(0).gain_k;  // [2, 6]
  EXPECT_NEAR(keys()->saved().weights.layers[0].gain_k[3].item<double>(),
              by_head.select(1, 3).square().mean().sqrt().item<double>(), 1e-6);

  write("llama");
  Taps taps;
  open().through(0, 3, open().embed(tiny_ids()), {}, &taps);
  EXPECT_EQ(key_sizes(open()), KeySizes::kEnergies);
  EXPECT_NEAR(keys()->saved().weights.layers[2].gain_k[5].item<double>(),
              taps.k[2].select(3, 5).square().mean().sqrt().item<double>(), 1e-5);
}

/// As of a model whose training has just begun.
TEST_F(ForeignKeys, AreOrderedByEnergyWhereALayersGainsAreAllOfOneSize) {
  write("qwen3");
  const auto file = folder_ / "model/model.safetensors";
  NamedTensors tensors;
  {
    const auto before = Safetensors::open(file);
    for (const auto& [name, tensor] : before.tensors()) tensors[name] = to_torch(tensor);
  }
  tensors.at("model.layers.1.self_attn.k_norm.weight").fill_(-0.7);
  tensors.at("model.layers.1.self_attn.k_norm.weight")[2] = 0.7;
  save_tensors(file, tensors);
  EXPECT_EQ(key_sizes(open()), KeySizes::kEnergiesAsGainsTie);
  Taps taps;
  open().through(0, 3, open().embed(tiny_ids()), {}, &taps);
  EXPECT_NEAR(keys()->saved().weights.layers[0].gain_k[5].item<double>(),
              taps.k[0].select(3, 5).square().mean().sqrt().item<double>(), 1e-5);
}

TEST_F(ForeignKeys, HaveTheShapeThatTheirConfigurationSays) {
  const auto shape = key_shape(foreign_config(tiny_config_json("qwen3"), "tiny"), kTokens);
  EXPECT_EQ(shape.layers, 3);
  EXPECT_EQ(shape.d_model, 12);
  EXPECT_EQ(shape.d_ff, 20);
  EXPECT_EQ(shape.heads, 4);
  EXPECT_EQ(shape.kv_heads, 2);
  EXPECT_EQ(shape.d_k, 6);
  EXPECT_EQ(shape.d_v, 6);
  EXPECT_EQ(shape.vocabulary, 40);
  EXPECT_EQ(shape.context, kTokens);
  EXPECT_TRUE(shape.qk_norm);
}

TEST_F(ForeignKeys, AWindowShorterThanTheContextIsRefused) {
  write("gemma3_text", {{"sliding_window", 8}, {"sliding_window_pattern", 3}});
  EXPECT_THAT(user_error([&] { keys(); }),
              testing::HasSubstr("window of 8 that layer 0 attends to"));
}

}  // namespace
}  // namespace rc
