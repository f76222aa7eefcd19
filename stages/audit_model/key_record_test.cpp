#include "stages/audit_model/key_record.h"

#include <gtest/gtest.h>

#include "model/foreign/tiny_checkpoint.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

class KeyRecord : public testing::TestWithParam<std::string> {
 protected:
  KeyRecord() { write_tiny_checkpoint(folder_ / "model", tiny_config_json(GetParam())); }

  TestFolder folder_;
};

/// What measure-rank reads is what surgery calibrates on, flattened.
TEST_P(KeyRecord, HoldsTheQueriesAndKeysOfEveryLayer) {
  const auto model = std::make_shared<const ForeignModel>(ForeignModel::open(folder_ / "model"));
  const auto ids = tiny_ids().narrow(1, 0, 4);
  const auto surgery = key_model(model, ids, 4);
  long layers = 0;
  const auto record = key_record(*model, surgery->saved(), ids, [&](long done) { layers = done; });
  EXPECT_EQ(layers, model->layers());
  const auto taken = surgery->calibrate(ids);
  const auto flat = [](const torch::Tensor& x) { return x.transpose(1, 2).flatten(0, 1); };
  const auto& c = model->config();
  for (long l = 0; l < model->layers(); ++l) {
    const auto i = static_cast<std::size_t>(l);
    const auto at = [&](const std::string& name) { return record.at(name + std::to_string(l)); };
    EXPECT_TRUE(torch::allclose(at("q."), flat(taken.q[i]), 1e-5, 1e-6));
    EXPECT_TRUE(torch::allclose(at("k."), flat(taken.k[i]), 1e-5, 1e-6));
    EXPECT_GE(at("k_random.").size(1), 5);
    EXPECT_EQ(at("k_random.").size(1) % c.kv_heads, 0);
    EXPECT_TRUE(record.at("rope_angles")[l].equal(rotary_angles(c.layers[i].rotary, c.d_k)));
  }
  EXPECT_EQ(record.at("gain_k").sizes(), (std::vector<int64_t>{model->layers(), c.d_k}));
}

INSTANTIATE_TEST_SUITE_P(Families, KeyRecord,
                         testing::Values("llama", "qwen3", "olmo2", "gemma3_text"),
                         [](const auto& family) { return family.param; });

TEST(RecordSequences, AreFewerOfALargeModel) {
  auto config = foreign_config(tiny_config_json("qwen3"), "config.json");
  EXPECT_EQ(record_sequences(config, 256, 8), 8);
  config.layers.resize(80, config.layers.front());
  config.heads = 64, config.kv_heads = 8, config.d_k = 128;
  // 80 layers * 256 tokens * (64 + 8 + 8) heads * 128 floats * 4 bytes = .84 GB a sequence.
  EXPECT_EQ(record_sequences(config, 256, 8), 2);  // intervals take two
}

}  // namespace
}  // namespace rc
