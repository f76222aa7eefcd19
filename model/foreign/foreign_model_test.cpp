#include "model/foreign/foreign_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/foreign/tiny_checkpoint.h"
#include "model/microbatches.h"
#include "model/tensors.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using torch::Tensor;

double largest(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

/// The largest difference of logits, queries and keys from those computed by loops.
double difference_from_naive(const fs::path& folder, const Tensor& ids) {
  const auto model = ForeignModel::open(folder);
  const auto expected = naive_forward(folder, ids);
  Taps taps;
  const auto x = model.through(0, model.layers(), model.embed(ids), {}, &taps);
  double most = largest(model.logits(x), expected.logits);
  for (long l = 0; l < model.layers(); ++l) {
    most = std::max(most, largest(taps.q[l], pairs_from_halves(expected.q[l])));
    most = std::max(most, largest(taps.k[l], pairs_from_halves(expected.k[l])));
  }
  return most;
}

struct Variant {
  std::string name;
  json config;
  TinyLayout layout = {};
};

std::vector<Variant> variants() {
  const json llama3 = {{"rope_type", "llama3"},
                       {"factor", 8},
                       {"low_freq_factor", 1},
                       {"high_freq_factor", 4},
                       {"original_max_position_embeddings", 32}};
  const json late = {{"use_sliding_window", true}, {"sliding_window", 3}, {"max_window_layers", 1}};
  const json gemma = {{"sliding_window", 3},
                      {"sliding_window_pattern", 3},
                      {"query_pre_attn_scalar", 10},
                      {"rope_scaling", {{"rope_type", "linear"}, {"factor", 8}}}};
  const json biases = {{"attention_bias", true}, {"mlp_bias", true}};
  const json whole = {{"model_type", "gemma3"},
                      {"text_config", tiny_config_json("gemma3_text", gemma)}};
  return {
      {"llama", tiny_config_json("llama")},
      {"llama_tied", tiny_config_json("llama", {{"tie_word_embeddings", true}})},
      {"llama_bias", tiny_config_json("llama", biases)},
      {"llama3", tiny_config_json("llama", {{"rope_theta", 100}, {"rope_scaling", llama3}})},
      {"llama_base", tiny_config_json("llama", {{"tie_word_embeddings", true}}), {.prefix = ""}},
      {"mistral", tiny_config_json("mistral", {{"sliding_window", 4}})},
      {"qwen2", tiny_config_json("qwen2")},
      {"qwen3_window", tiny_config_json("qwen3", late)},
      {"qwen3_bf16", tiny_config_json("qwen3"), {.type = torch::kBFloat16, .shards = 3}},
      {"llama_f16", tiny_config_json("llama"), {.type = torch::kFloat16}},
      {"olmo2_grouped", tiny_config_json("olmo2")},
      {"gemma3", tiny_config_json("gemma3_text", gemma)},
      {"gemma3_images", whole, {.prefix = "language_model.model."}},
      {"gemma3_images_new", whole, {.prefix = "model.language_model.", .shards = 2}},
      {"gemma3_untied",
       tiny_config_json("gemma3_text", {{"tie_word_embeddings", false}}),
       {.prefix = "language_model.model.", .head_prefix = "language_model."}},
  };
}

class FamilyTest : public testing::TestWithParam<Variant> {};

TEST_P(FamilyTest, ComputesWhatItsFormulasSay) {
  TestFolder folder;
  write_tiny_checkpoint(folder / "model", GetParam().config, GetParam().layout);
  EXPECT_LT(difference_from_naive(folder / "model", tiny_ids()), 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Variants, FamilyTest, testing::ValuesIn(variants()),
                         [](const auto& each) { return each.param.name; });

class ForeignModelTest : public testing::Test {
 protected:
  ForeignModel model(const std::string& type = "olmo2", const json& own = {}) {
    write_tiny_checkpoint(folder_ / "model", tiny_config_json(type, own));
    return ForeignModel::open(folder_ / "model");
  }
  static Tensor logits(const ForeignModel& model, const KeyChanges& changes = {}) {
    return model.logits(model.through(0, model.layers(), model.embed(tiny_ids()), changes));
  }
  TestFolder folder_;
};

TEST_F(ForeignModelTest, GoesOnFromAnyLayer) {
  const auto m = model();
  const auto below = m.through(0, 1, m.embed(tiny_ids()));
  EXPECT_TRUE(torch::equal(m.logits(m.through(1, 3, below)), logits(m)));
}

TEST_F(ForeignModelTest, AMaskIsAGainOfZero) {
  for (const char* type : {"qwen3", "olmo2", "gemma3_text"}) {
    const auto m = model(type);
    const long heads = m.config().kv_heads, d_k = m.config().d_k;
    KeyChange change{.mask = torch::ones({heads, d_k})};
    change.mask.select(1, 3).zero_();  // the second of pair 1: stored at 1 + d_k/2 = 4
    const auto masked = logits(m, {{1, change}});
    EXPECT_GT(largest(masked, logits(m)), 1e-4) << type;

    NamedTensors all;
    {
      const auto file = Safetensors::open(folder_ / "model/model.safetensors");
      for (const auto& [name, tensor] : file.tensors()) all[name] = to_torch(tensor);
    }
    auto gains = all.at("model.layers.1.self_attn.k_norm.weight").reshape({-1, d_k});
    gains.select(1, 4).fill_(-m.config().block.gain_offset);
    save_tensors(folder_ / "model/model.safetensors", all);
    EXPECT_LT(largest(logits(ForeignModel::open(folder_ / "model")), masked), 1e-6) << type;
  }
}

TEST_F(ForeignModelTest, ARotationWithinPairsOfKeysAloneChangesButTheIdentityDoesNot) {
  const auto m = model("llama");
  KeyChange change{.map = torch::eye(6).repeat({2, 1, 1})};
  EXPECT_LT(largest(logits(m, {{2, change}}), logits(m)), 1e-6);
  change.map[1] = change.map[1].roll(1, 0);
  EXPECT_GT(largest(logits(m, {{2, change}}), logits(m)), 1e-4);
}

TEST_F(ForeignModelTest, TapsHoldKeysAfterTheChange) {
  const auto m = model();
  KeyChange change{.offset = torch::ones({2, 6})};
  Taps before, after;
  m.through(0, 3, m.embed(tiny_ids()), {}, &before);
  m.through(0, 3, m.embed(tiny_ids()), {{0, change}}, &after);
  ASSERT_EQ(after.k.size(), 3u);
  EXPECT_EQ(after.q[0].sizes(), (std::vector<std::int64_t>{2, 9, 4, 6}));
  EXPECT_LT(largest(after.k[0], before.k[0] + 1), 1e-6);
}

TEST_F(ForeignModelTest, LossesAreThoseOfTheLogits) {
  const auto m = model("llama", {{"vocab_size", 90000}});  // two pieces of the output layer
  const auto labels = tiny_ids() * 2100;
  const auto x = m.through(0, 3, m.embed(tiny_ids()));
  const auto expected =
      at::cross_entropy_loss(m.logits(x).flatten(0, 1), labels.flatten(), {}, at::Reduction::None);
  EXPECT_LT(largest(m.token_losses(x, labels).flatten(), expected), 1e-5);
}

TEST_F(ForeignModelTest, NoNumberDependsOnThreads) {
  const auto m = model("llama", {{"vocab_size", 90000}});
  const auto alone = logits(m);
  const auto x = m.embed(tiny_ids());
  const auto losses = m.token_losses(x, tiny_ids());
  set_worker_threads(3);
  EXPECT_TRUE(torch::equal(logits(m), alone));
  EXPECT_TRUE(torch::equal(m.token_losses(x, tiny_ids()), losses));
  set_worker_threads(1);
}

TEST_F(ForeignModelTest, ReadsTensorsAtOddAddresses) {
  const auto m = model();
  const auto expected = logits(m);
  const auto file = folder_ / "model/model.safetensors";
  auto bytes = read_text(file);
  bytes.insert(
      8 + static_cast<unsigned char>(bytes[0]) + 256 * static_cast<unsigned char>(bytes[1]), " ");
  bytes[0] = static_cast<char>(bytes[0] + 1);
  ASSERT_NE(bytes[0], 0);
  write_text(file, bytes);
  EXPECT_TRUE(torch::equal(logits(ForeignModel::open(folder_ / "model")), expected));
}

TEST_F(ForeignModelTest, IdsAreOfTheVocabulary) {
  const auto m = model();
  EXPECT_THAT(user_error([&] {
                m.embed(torch::tensor({{0, 40}}));
              }),
              HasSubstr("id 40 is outside"));
  EXPECT_THAT(user_error([&] {
                m.embed(torch::tensor({{-1, 3}}));
              }),
              HasSubstr("id -1 is outside"));
  EXPECT_THAT(user_error([&] {
                m.embed(torch::tensor({1, 3}));
              }),
              HasSubstr("[sequences, tokens]"));
}

}  // namespace
}  // namespace rc
