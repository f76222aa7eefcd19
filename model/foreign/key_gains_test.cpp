#include "model/foreign/key_gains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/foreign/tiny_checkpoint.h"
#include "model/tensors.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class KeyGainsTest : public testing::Test {
 protected:
  /// Two layers of this family; gains of layer l are 10 l, 10 l + 1, ... in the checkpoint's order.
  void write(const std::string& family, long width) {
    const auto config = tiny_config_json(family, {{"num_hidden_layers", 2}});
    write_json(folder_ / "config.json", config);
    for (long l = 0; l < 2; ++l)
      save_tensors(file(l), {{"model.layers." + std::to_string(l) + ".self_attn.k_norm.weight",
                              torch::arange(10 * l, 10 * l + width, torch::kFloat32)}});
  }
  fs::path file(long layer) {
    return folder_ / ("gains-" + std::to_string(layer) + ".safetensors");
  }
  KeyGains read() { return read_key_gains(std::vector<fs::path>{file(0), file(1)}); }
  TestFolder folder_;
};

TEST_F(KeyGainsTest, HeadsShareTheirs) {
  write("qwen3", 6);
  const auto gains = read();
  ASSERT_EQ(gains.layers.size(), 2u);
  // Pairs (0, 3), (1, 4), (2, 5) side by side.
  EXPECT_THAT(gains.layers[0], ElementsAre(ElementsAre(0, 3, 1, 4, 2, 5)));
  EXPECT_THAT(gains.layers[1], ElementsAre(ElementsAre(10, 13, 11, 14, 12, 15)));
}

TEST_F(KeyGainsTest, GemmaAddsOne) {
  write("gemma3_text", 6);
  EXPECT_THAT(read().layers[0], ElementsAre(ElementsAre(1, 4, 2, 5, 3, 6)));
}

TEST_F(KeyGainsTest, OlmoHasThemForEachHead) {
  write("olmo2", 12);  // 2 key heads of 6
  const auto gains = read();
  EXPECT_THAT(gains.layers[0],
              ElementsAre(ElementsAre(0, 3, 1, 4, 2, 5), ElementsAre(6, 9, 7, 10, 8, 11)));
  EXPECT_EQ(gains.config.block.qk_norm, QkNorm::kFullWidth);
}

TEST_F(KeyGainsTest, ReadsAWholeFolder) {
  const auto folder = folder_ / "model";
  write_tiny_checkpoint(folder, tiny_config_json("olmo2"), {.shards = 2});
  const auto gains = read_key_gains(std::vector<fs::path>{folder});
  EXPECT_EQ(gains.layers.size(), 3u);
  EXPECT_EQ(gains.layers[0].size(), 2u);
}

TEST_F(KeyGainsTest, RefusesWhatHasNone) {
  write("llama", 6);
  EXPECT_THAT(user_error([&] { read(); }), HasSubstr("family llama have no norm on keys"));
  write("olmo2", 6);
  EXPECT_THAT(user_error([&] { read(); }), HasSubstr("is [6], by config.json it should be [12]"));
  write("qwen3", 6);
  EXPECT_THAT(user_error([&] { read_key_gains(std::vector<fs::path>{file(0)}); }),
              HasSubstr("holds no tensor layers.1.self_attn.k_norm.weight"));
  EXPECT_THAT(user_error([&] {
                read_key_gains(std::vector<fs::path>{file(0), "x/y"});
              }),
              HasSubstr("different folders"));
}

}  // namespace
}  // namespace rc
