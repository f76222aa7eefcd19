#include "model/compact.h"

#include <gtest/gtest.h>

#include "model/evaluate.h"
#include "model/transformer.h"

namespace rc {
namespace {

using torch::Tensor;

SavedModel some_model(bool qk_norm) {
  ModelConfig c;
  c.layers = 3, c.d_model = 24, c.heads = 4, c.kv_heads = 2, c.d_k = 8, c.d_v = 6, c.d_ff = 32;
  c.context = 10, c.vocabulary = 17, c.frequencies = {8, 10000}, c.qk_norm = qk_norm;
  auto weights = initial_weights(c, 5, 0.3);
  for (auto& layer : weights.layers) {
    layer.gain_k = torch::linspace(0.4, 1.6, 8);
    layer.gain_q = torch::linspace(1.5, 0.7, 8);
  }
  return {c, weights};
}

SavedModel with_logit_width(SavedModel model, long width) {
  model.config.logit_width = width;
  return model;
}

const KeptPairs kKept = {{0, 3}, {1, 2}, {0, 1}};

Tensor logits_of(const SavedModel& m, Operations operations = Operations::kReference) {
  const torch::NoGradGuard no_grad;
  const auto ids = (torch::arange(20) * 5 % 17).reshape({2, 10});
  return Transformer(m.config, m.weights, torch::kCPU, Precision::kFloat32, operations).logits(ids);
}

/// The full model with the gains of all pairs that are not kept at 0.
SavedModel zeroed(SavedModel model) {
  for (std::size_t l = 0; l < kKept.size(); ++l) {
    auto mask = torch::zeros({8});
    mask.index_fill_(0, torch::tensor(dimensions_of_pairs(kKept[l]), torch::kInt64), 1);
    model.weights.layers[l].gain_k = model.weights.layers[l].gain_k * mask;
  }
  return model;
}

double difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

TEST(Compact, WithoutNormGivesTheLogitsOfZeroedGains) {
  const auto full = some_model(false);
  const auto narrow = compact(full, kKept, std::vector<NormCorrection>(3));
  EXPECT_EQ(narrow.config.d_k, 4);
  EXPECT_EQ(narrow.weights.layers[0].qkvo.size(0), 4 * 4 + 2 * 4 + 2 * 6 + 24);
  const auto expected = logits_of(zeroed(full));
  EXPECT_LT(difference(logits_of(narrow), expected), 1e-5);
  EXPECT_LT(difference(logits_of(narrow, Operations::kFused), expected), 1e-5);
  EXPECT_GT(difference(logits_of(full), expected), 1e-2);
}

TEST(Compact, KeepsTheScaleOfALogitWidth) {
  const auto full = with_logit_width(some_model(false), 32);
  const auto narrow = compact(full, kKept, std::vector<NormCorrection>(3));
  EXPECT_LT(difference(logits_of(narrow), logits_of(zeroed(full))), 1e-5);
  EXPECT_GT(difference(logits_of(with_logit_width(narrow, 0)), logits_of(narrow)), 1e-2);
}

TEST(Compact, WithNormGivesThemWhereTheSurvivorsHoldAFixedShareOfTheNorm) {
  auto full = some_model(true);
  // All rows of a pair's removed dimensions repeat kept ones: the root mean square is then the same
  // over either, and both norms divide alike.
  for (std::size_t l = 0; l < kKept.size(); ++l) {
    auto& qkvo = full.weights.layers[l].qkvo;
    const auto kept = dimensions_of_pairs(kKept[l]);
    for (long head = 0; head < 6; ++head)
      for (long d = 0, copied = 0; d < 8; ++d)
        if (std::find(kept.begin(), kept.end(), d) == kept.end())
          qkvo[head * 8 + d] = qkvo[head * 8 + kept[copied++]].clone();
  }
  const auto narrow = compact(full, kKept, std::vector<NormCorrection>(3));
  EXPECT_LT(difference(logits_of(narrow), logits_of(zeroed(full))), 1e-5);
}

TEST(Compact, AppliesCorrectionsToTheGains) {
  const auto full = some_model(true);
  const auto plain = compact(full, kKept, std::vector<NormCorrection>(3));
  const auto corrected = compact(full, kKept, std::vector<NormCorrection>(3, {.q = 2, .k = 0.5}));
  EXPECT_TRUE(
      torch::allclose(corrected.weights.layers[1].gain_q, 2 * plain.weights.layers[1].gain_q));
  EXPECT_LT(difference(logits_of(corrected), logits_of(plain)), 1e-5);  // they cancel in a logit
}

TEST(Compact, IsSavedAndLoadedWhereAFullModelIs) {
  const auto full = some_model(true);
  const auto narrow = compact(full, kKept, std::vector<NormCorrection>(3));
  const auto file = std::filesystem::path(::testing::TempDir()) / "narrow.safetensors";
  save_model(file, narrow);
  const auto back = load_model(file, full.config);
  EXPECT_EQ(back.config.d_k, 4);
  EXPECT_EQ(back.config.frequencies.width, 8);
  EXPECT_TRUE(torch::equal(logits_of(back), logits_of(narrow)));
}

TEST(PairsOfLargestGain, GoByTheEnergyOfBothMembers) {
  auto weights = some_model(true).weights;
  weights.layers.resize(2);
  weights.layers[0].gain_k = torch::tensor({1.0f, -1.0f, 0.1f, 1.5f, 0.9f, 0.9f, 0.0f, 1.0f});
  weights.layers[1].gain_k = torch::ones({8});  // equals: the first are cut first
  // Energies 2, 2.26, 1.62 and 1.
  EXPECT_EQ(pairs_of_largest_gain(weights, 2), (KeptPairs{{0, 1}, {2, 3}}));
  EXPECT_EQ(pairs_of_largest_gain(weights, 1), (KeptPairs{{1}, {3}}));
  EXPECT_EQ(pairs_of_largest_gain(weights, 4), (KeptPairs{{0, 1, 2, 3}, {0, 1, 2, 3}}));
}

TEST(Compact, RefusesLayersOfSeveralWidths) {
  EXPECT_THROW(compact(some_model(true), {{0}, {1, 2}, {0, 1}}, std::vector<NormCorrection>(3)),
               std::invalid_argument);
  EXPECT_THROW(compact(some_model(true), kKept, {}), std::invalid_argument);
}

}  // namespace
}  // namespace rc
