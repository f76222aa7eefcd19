#include "model/weights.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <set>

#include "model/batches.h"
#include "model/ngram.h"
#include "model/tensors.h"
#include "model/test_settings.h"
#include "pipeline/error.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

std::filesystem::path scratch(const std::string& name) {
  const auto dir = std::filesystem::path(testing::TempDir()) / "rank-collapse-model";
  std::filesystem::create_directories(dir);
  return dir / name;
}

ModelConfig config_of(const std::vector<std::string>& overrides) {
  std::vector<std::string> all = {"model.layers=3", "model.d_model=16", "model.d_ff=24",
                                  "model.d_k=8"};
  all.insert(all.end(), overrides.begin(), overrides.end());
  return ModelConfig::from(model_settings(all), 32);
}

TEST(ModelConfig, RefusesShapesThatDoNotDivide) {
  EXPECT_THROW(config_of({"model.heads=3", "model.kv_heads=3"}), UserError);
  EXPECT_THROW(config_of({"model.heads=4", "model.kv_heads=3"}), UserError);
  EXPECT_THROW(config_of({"model.d_k=7"}), UserError);
  EXPECT_THROW(config_of({"model.d_k=2"}), UserError);
  EXPECT_NO_THROW(config_of({"model.heads=4", "model.kv_heads=2"}));
}

TEST(ModelConfig, CountsTheParametersThatThereAre) {
  const auto config = config_of({});
  long count = 0;
  for (const auto& [name, tensor] : named(initial_weights(config, 0, 0.02), config))
    if (name.ends_with(".weight")) count += tensor.numel();
  EXPECT_EQ(config.parameters(), count);
}

TEST(ModelConfig, OfUniformAttentionHasNoQueriesAndKeys) {
  auto settings = model_settings({"model.layers=3", "model.d_model=16", "model.attention=uniform"});
  const auto config = ModelConfig::from(settings, 32);
  long count = 0;
  for (const auto& [name, tensor] : named(initial_weights(config, 0, 0.02), config)) {
    if (name.ends_with(".weight")) count += tensor.numel();
    for (const char* part : {"q_", "k_"}) EXPECT_EQ(name.find(part), name.npos) << name;
  }
  EXPECT_EQ(config.parameters(), count);
  EXPECT_EQ(config.kv_floats(), 8);  // one head's values
}

TEST(InitialWeights, AreTheSameWhereverShapesAgree) {
  const auto full = config_of({}), thin = config_of({"model.d_k=4"});
  const auto a = named(initial_weights(full, 5, 0.02), full);
  const auto b = named(initial_weights(thin, 5, 0.02), thin);
  EXPECT_TRUE(torch::equal(a.at("model.layers.1.self_attn.v_proj.weight"),
                           b.at("model.layers.1.self_attn.v_proj.weight")));
  EXPECT_NE(a.at("model.layers.1.self_attn.q_proj.weight").size(0),
            b.at("model.layers.1.self_attn.q_proj.weight").size(0));
  const auto other = named(initial_weights(full, 6, 0.02), full);
  EXPECT_FALSE(
      torch::equal(a.at("model.embed_tokens.weight"), other.at("model.embed_tokens.weight")));
}

TEST(Checkpoint, ComesBackAsItWas) {
  const auto config = config_of({});
  const auto weights = initial_weights(config, 1, 0.02);
  save_model(scratch("whole.safetensors"), {config, weights}, {{"step", "7"}});
  const auto back = load_model(scratch("whole.safetensors"), config).weights;
  EXPECT_TRUE(torch::equal(back.layers[2].qkvo, weights.layers[2].qkvo));
  EXPECT_TRUE(torch::equal(back.embedding, weights.embedding));
}

TEST(Checkpoint, OfAModelWithoutKeysComesBackAndIsNoOtherModels) {
  const auto config = config_of({"model.attention=uniform"});
  const auto weights = initial_weights(config, 1, 0.02);
  save_model(scratch("uniform.safetensors"), {config, weights});
  const auto back = load_model(scratch("uniform.safetensors"), config).weights;
  EXPECT_TRUE(torch::equal(back.layers[2].qkvo, weights.layers[2].qkvo));
  EXPECT_THROW(load_model(scratch("uniform.safetensors"), config_of({})), UserError);
}

TEST(Checkpoint, OfAnotherShapeIsNamed) {
  const auto config = config_of({});
  save_model(scratch("other.safetensors"), {config, initial_weights(config, 1, 0.02)});
  try {
    load_model(scratch("other.safetensors"), config_of({"model.d_ff=32"}));
    FAIL();
  } catch (const UserError& e) {
    const std::string what = e.what();
    EXPECT_NE(what.find("up_proj"), std::string::npos) << what;
    EXPECT_NE(what.find("[24, 16]"), std::string::npos) << what;
  }
}

TEST(Batches, AreTheSameForASeedAndAStep) {
  const auto tokens = torch::arange(1000, torch::kInt32);
  const auto a = random_batch(tokens, 3, 8, 4, 16, false),
             b = random_batch(tokens, 3, 8, 4, 16, false);
  EXPECT_TRUE(torch::equal(a.ids, b.ids));
  EXPECT_TRUE(torch::equal(a.labels, a.ids + 1));
  EXPECT_FALSE(torch::equal(a.ids, random_batch(tokens, 3, 9, 4, 16, false).ids));
  const auto copy = random_batch(tokens, 3, 8, 4, 16, true);
  EXPECT_TRUE(torch::equal(copy.ids, a.ids));
  EXPECT_TRUE(torch::equal(copy.labels, copy.ids));
}

/// Blocks of 40, 10, 17 and 35 tokens, numbered through.
Text four_blocks() { return {torch::arange(102, torch::kInt32), {0, 40, 50, 67}}; }

long first_of(const Batch& batch, long row) { return batch.ids[row][0].item<long>(); }

/// Of windows of 17 tokens the blocks have 24, 0, 1 and 19.
TEST(Batches, RandomWindowsLieWithinBlocks) {
  std::set<long> firsts;
  for (long step = 0; step < 100; ++step) {
    const auto batch = random_batch(four_blocks(), 1, step, 16, 16, false);
    for (long row = 0; row < 16; ++row) firsts.insert(first_of(batch, row));
  }
  std::set<long> possible = {50};
  for (long first = 0; first < 24; ++first) possible.insert(first);
  for (long first = 67; first < 86; ++first) possible.insert(first);
  EXPECT_EQ(firsts, possible);
}

TEST(Batches, FixedWindowsLieWithinBlocksAllOverTheText) {
  const auto firsts = [](long count) {
    const auto batch = fixed_batch(four_blocks(), count, 16, false, "x");
    std::vector<long> all;
    for (long row = 0; row < count; ++row) all.push_back(first_of(batch, row));
    return all;
  };
  EXPECT_EQ(firsts(5), (std::vector<long>{0, 20, 50, 67, 84}));
  EXPECT_EQ(firsts(2), (std::vector<long>{20, 67}));  // the second and fourth of five
}

std::string error_of(const std::function<void()>& what) {
  try {
    what();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Batches, SayHowMuchTextIsWanting) {
  const auto fixed = error_of([] { fixed_batch(four_blocks(), 6, 16, false, "some.setting"); });
  for (const char* part :
       {"some.setting = 6", "102 tokens in 4 blocks", "5 sequences of 17 tokens"})
    EXPECT_NE(fixed.find(part), std::string::npos) << fixed;
  const auto random = error_of([] { random_batch(four_blocks(), 1, 0, 1, 40, false); });
  for (const char* part : {"102 tokens in 4 blocks", "none as long as the 41 tokens"})
    EXPECT_NE(random.find(part), std::string::npos) << random;
  EXPECT_EQ(random_batch(four_blocks(), 1, 0, 1, 39, false).ids.size(1), 39);
}

TEST(Batches, FixedWindowsDoNotOverlapAndWantEnoughText) {
  const auto batch = fixed_batch(torch::arange(34, torch::kInt32), 2, 16, false, "x");
  EXPECT_EQ(batch.ids[0][0].item<long>(), 0);
  EXPECT_EQ(batch.ids[1][0].item<long>(), 17);
  EXPECT_EQ(batch.labels[1][15].item<long>(), 33);
  EXPECT_THROW(fixed_batch(torch::arange(33, torch::kInt32), 2, 16, false, "x"), UserError);
}

/// What load_tokens says of tokens with something else in them.
struct TokenFile {
  std::vector<std::int32_t> ids = {3, 1, 4, 1, 5};
  std::vector<std::int64_t> blocks = {0, 2};
  std::map<std::string, std::string> metadata = {{"vocabulary", "6"}};

  std::string complaint() const {
    const TestFolder folder;
    const auto file = folder / "tokens.safetensors";
    const auto text = torch::tensor(ids, torch::kInt32),
               firsts = torch::tensor(blocks, torch::kInt64);
    save_tensors(file,
                 {{"train", text},
                  {"train_blocks", firsts},
                  {"validation", text},
                  {"validation_blocks", firsts}},
                 metadata);
    return error_of([&] { load_tokens(file); });
  }
};

TEST(Tokens, AreReadOnlyAsTheyMustBe) {
  EXPECT_EQ(TokenFile().complaint(), "");
  const auto told = [](const TokenFile& file, const char* words) {
    EXPECT_NE(file.complaint().find(words), std::string::npos) << file.complaint();
  };
  told({.ids = {3, 1, 6, 1, 5}}, "train holds an id that is none of 6");
  told({.ids = {3, 1, -1, 1, 5}}, "train holds an id");
  told({.ids = {}}, "train is no row of I32");
  told({.blocks = {}}, "train_blocks is no row of I64");
  told({.blocks = {1, 2}}, "train_blocks do not divide the text");
  told({.blocks = {0, 2, 2}}, "do not divide");
  told({.blocks = {0, 5}}, "do not divide");
  told({.metadata = {}}, "its vocabulary is \"\"; remake it with: make tokenize");
  told({.metadata = {{"vocabulary", "6x"}}}, "its vocabulary is \"6x\"");
  told({.metadata = {{"vocabulary", "99999999999999999999"}}}, "its vocabulary is");
}

TEST(Batches, RowsAreTakenAsAskedFor) {
  EXPECT_EQ(evenly_spread(5, 2), (std::vector<long>{1, 3}));
  EXPECT_EQ(evenly_spread(64, 4), (std::vector<long>{8, 24, 40, 56}));
  EXPECT_EQ(evenly_spread(3, 8), (std::vector<long>{0, 1, 2}));
  const auto batch = fixed_batch(torch::arange(34, torch::kInt32), 2, 16, false, "x");
  const auto turned = rows_of(batch, {1, 0});
  EXPECT_EQ(turned.ids[0][0].item<long>(), 17);
  EXPECT_EQ(turned.labels[1][0].item<long>(), 1);
}

TEST(Ngram, AgreesWithCountsByHand) {
  const auto train = torch::tensor({0, 1, 0, 1, 0, 2}, torch::kInt32);
  const auto loss_of = [&](const Text& text, std::vector<long> ids, std::vector<long> labels) {
    const auto row = [](const std::vector<long>& x) { return torch::tensor(x, torch::kInt64); };
    return ngram_loss(text, {row(ids).unsqueeze(0), row(labels).unsqueeze(0)}, 3);
  };
  // Unigram of 1: (2 + 1) / (6 + 3). After 0 came 1, 1, 2: three followers of two kinds.
  const auto loss = loss_of(train, {0}, {1});
  EXPECT_NEAR(loss.unigram, -std::log(3.0 / 9), 1e-12);
  EXPECT_NEAR(loss.bigram, -std::log((2 + 2 * 3.0 / 9) / (3 + 2)), 1e-12);
  // A block that begins with the last 2 parts it from the 0 before: followers of 0 are 1 and 1.
  EXPECT_NEAR(loss_of({train, {0, 5}}, {0}, {1}).bigram, -std::log((2 + 3.0 / 9) / (2 + 1)), 1e-12);
  // A mean over labels: 1 has 2 + 1 of 9, 2 has 1 + 1.
  EXPECT_NEAR(loss_of(train, {0, 0}, {1, 2}).unigram, -(std::log(3.0 / 9) + std::log(2.0 / 9)) / 2,
              1e-12);
}

}  // namespace
}  // namespace rc
