#include "bench/inference.h"

#include <gtest/gtest.h>

#include "pipeline/error.h"

namespace rc {
namespace {

ModelConfig tiny() {
  ModelConfig c;
  c.layers = 2, c.d_model = 64, c.heads = 2, c.kv_heads = 1, c.d_k = 20, c.d_v = 32, c.d_ff = 48;
  c.context = 16, c.vocabulary = 50, c.frequencies = {20, 10000};
  return c;
}

TEST(Inference, CutsWholePairsAndChecksEveryModel) {
  const auto models = thin_models(tiny(), {50, 62});
  ASSERT_EQ(models.size(), 3u);
  EXPECT_EQ(models[0].model.config.d_k, 20);
  EXPECT_EQ(models[1].model.config.d_k, 10);
  EXPECT_EQ(models[2].model.config.d_k, 8);
  for (const auto& thin : models) EXPECT_NO_THROW(require_same_logits(thin));
}

TEST(Inference, DoesNotTimeAModelWhoseLogitsAreNotThoseOfTheTrainingPath) {
  auto thin = thin_models(tiny(), {50}).back();
  thin.model.weights.embedding[7][0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(require_same_logits(thin), UserError);
}

TEST(Inference, NamesItsNumbersAndPutsWhatTheCostsSayBeside) {
  const auto models = thin_models(tiny(), {50, kAllButOnePair});
  const Workload work{Phase::kDecode, 3, 16};
  long measurements = 0;
  const Protocol protocol = {.repetitions = 9, .seconds = 1e-6};
  const auto curve = time_inference(models, work, protocol, [&] { ++measurements; });
  EXPECT_EQ(measurements, protocol.measurements(3));
  const auto numbers = inference_numbers({curve});
  EXPECT_GT(numbers.at("inference.decode.speedup.50").value, 0);
  EXPECT_EQ(numbers.at("inference.cache.bytes_per_token.full").value, 4.0 * 2 * (20 + 32));
  EXPECT_EQ(numbers.at("inference.cache.bytes_per_token.50").value, 4.0 * 2 * (10 + 32));
  EXPECT_GT(numbers.at("inference.decode.tokens_per_second.full").value, 0);
  EXPECT_FALSE(numbers.contains("inference.decode.speedup.0"));
  EXPECT_EQ(numbers.at("inference.decode.limit").value, curve.points[2].speedup.value);
  EXPECT_FALSE(numbers.contains("inference.decode.speedup.100"));
  EXPECT_EQ(numbers.at("inference.cache.bytes_per_token.limit").value, 4.0 * 2 * (2 + 32));
  EXPECT_EQ(numbers.at("inference.decode.context").value, 16);
  EXPECT_TRUE(inference_numbers({curve}, "inference.original")
                  .contains("inference.original.decode.speedup.50"));

  const auto decode = inference_json({curve}).at("decode");
  EXPECT_EQ(decode.at("rows").size(), 2u);  // full and 50 %
  EXPECT_EQ(decode.at("limit").at("width"), 2);
  const nlohmann::json row = decode.at("rows").at(1);
  EXPECT_EQ(row.at("width"), 10);
  const auto thin = with_thin_keys(tiny(), 50);
  EXPECT_DOUBLE_EQ(row.at("flops_bound"), modelled_speedup(flops(tiny(), work), flops(thin, work)));
  EXPECT_DOUBLE_EQ(row.at("bytes_bound"), modelled_speedup(bytes(tiny(), work), bytes(thin, work)));
}

TEST(Inference, AtTheLimitOnePairIsLeftOfAnyKey) {
  auto wide = tiny();
  wide.d_k = 128, wide.frequencies.width = 128;
  for (const auto& config : {tiny(), wide}) {
    const auto limit = thin_models(config, {kAllButOnePair}).back();
    EXPECT_EQ(limit.model.config.d_k, 2);
    EXPECT_NO_THROW(require_same_logits(limit));
  }
}

TEST(Inference, CountsTheTokensOfACall) {
  EXPECT_EQ((InferenceCurve{{Phase::kPrefill, 3, 16}, {}}.tokens()), 48);
  EXPECT_EQ((InferenceCurve{{Phase::kDecode, 3, 16}, {}}.tokens()), 3);
}

TEST(Inference, LeavesModelsAloneThatTheKernelsDoNotServe) {
  auto config = tiny();
  EXPECT_TRUE(generates(config, at::kCPU));
  EXPECT_FALSE(generates(config, at::kCUDA));
  config.d_v = 24;
  EXPECT_FALSE(generates(config, at::kCPU));
}

}  // namespace
}  // namespace rc
