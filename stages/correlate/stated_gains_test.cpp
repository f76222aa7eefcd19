#include "stages/correlate/stated_gains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "pipeline/files/artifact.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class StatedGainsTest : public testing::Test {
 protected:
  /// Two layers of gains 0, 1, ... and 10, 11, ...
  void write_gains(std::size_t width, bool pairs = false) {
    std::map<std::string, TensorView> tensors;
    std::vector<float> numbers(2 * (10 + width));
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    const std::vector<std::int64_t> steps(width / 2, 1);
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const auto name = "model.layers." + std::to_string(layer) + ".self_attn.";
      const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(width)};
      tensors[name + "k_norm.weight"] = {
          "F32", shape, std::as_bytes(std::span(numbers).subspan(10 * layer, width))};
      if (pairs)
        tensors[name + "rotary_pairs"] = {"I64", {shape[0] / 2}, std::as_bytes(std::span(steps))};
    }
    write_safetensors(file_, tensors);
  }
  void write_config(const std::string& family) {
    write_json(folder_ / "config.json", {{"model_type", family},
                                         {"hidden_size", 12},
                                         {"intermediate_size", 20},
                                         {"num_hidden_layers", 2},
                                         {"num_attention_heads", 4},
                                         {"num_key_value_heads", 2},
                                         {"head_dim", 6},
                                         {"vocab_size", 40},
                                         {"max_position_embeddings", 64},
                                         {"rms_norm_eps", 1e-5}});
  }
  StatedGains read(Pairing assumed = Pairing::kHalves) {
    return stated_gains(std::vector{file_}, assumed);
  }

  TestFolder folder_;
  fs::path file_ = folder_ / "model.safetensors";
};

TEST_F(StatedGainsTest, ConfigTellsThatGemmaAddsOne) {
  write_gains(6);
  write_config("gemma3_text");
  const auto stated = read();
  // Pairs (0, 3), (1, 4), (2, 5) side by side.
  EXPECT_THAT(stated.model.keys[0], ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_EQ(stated.pairing, Pairing::kInterleaved);
  EXPECT_THAT(stated.model.rotary_pairs[1], ElementsAre(0, 1, 2));
  EXPECT_THAT(stated.read_as, HasSubstr("gemma3_text, gains are 1 + w"));
}

TEST_F(StatedGainsTest, ConfigTellsHeadsApart) {
  write_gains(12);
  write_config("olmo2");
  const auto stated = read();
  // The mean of dimension i of the heads 0 ... 5 and 6 ... 11.
  EXPECT_THAT(stated.model.keys[0], ElementsAre(3, 6, 4, 7, 5, 8));
  EXPECT_THAT(stated.read_as, HasSubstr("the mean over 2 key heads"));
}

TEST_F(StatedGainsTest, WithoutConfigSaysWhatIsAssumed) {
  write_gains(6);
  const auto stated = read(Pairing::kInterleaved);
  EXPECT_THAT(stated.model.keys[1], ElementsAre(10, 11, 12, 13, 14, 15));
  EXPECT_EQ(stated.pairing, Pairing::kInterleaved);
  EXPECT_THAT(stated.read_as, HasSubstr("assumed that gains are w (Gemma has 1 + w)"));
}

TEST_F(StatedGainsTest, OurOwnCheckpointsNameTheirPairs) {
  write_gains(6, /*pairs=*/true);
  EXPECT_THAT(read().read_as, HasSubstr("of this project"));
}

TEST_F(StatedGainsTest, WithoutConfigManyGainsAreRefused) {
  write_gains(512);
  EXPECT_THAT(user_error([&] { read(); }),
              HasSubstr("512 gains a layer are those of several heads, and only config.json"));
}

TEST_F(StatedGainsTest, AFolderNeedsItsConfig) {
  write_gains(6);
  EXPECT_THAT(
      user_error([&] { stated_gains(std::vector<fs::path>{folder_ / ""}, Pairing::kHalves); }),
      HasSubstr("has no config.json"));
}

TEST_F(StatedGainsTest, AFamilyWithoutANormOnKeysHasNoGains) {
  write_gains(6);
  write_config("llama");
  EXPECT_THAT(user_error([&] { read(); }), HasSubstr("llama have no norm on keys"));
}

}  // namespace
}  // namespace rc
