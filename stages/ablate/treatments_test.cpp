#include "stages/ablate/treatments.h"

#include <gtest/gtest.h>

#include "stages/ablate/test_model.h"

namespace rc {
namespace {

TEST(ZeroAndRescale, RestoresTheDeviationOfTheLogits) {
  const TinyModel tiny;
  const auto cut = order_named("low_gain").cut(tiny.trained(), 50, 0);
  const auto weights = zero_and_rescale(tiny.model.weights, cut, tiny.calibration);
  // The first layer's queries are those of the whole model: its logits must deviate as before.
  const auto after =
      calibrate(Transformer(tiny.model.config, weights, torch::kCPU), tiny_batch().ids);
  const auto all = torch::ones({8});
  EXPECT_NEAR(logit_deviation(after, 0, all), logit_deviation(tiny.calibration, 0, all), 1e-4);
  const auto zeroed =
      calibrate(Transformer(tiny.model.config, zero_gains(tiny.model.weights, cut), torch::kCPU),
                tiny_batch().ids);
  EXPECT_LT(logit_deviation(zeroed, 0, all), logit_deviation(after, 0, all) - 1e-3);
}

TEST(SetToMean, GivesEveryTokenTheMeanInTheCutDimensions) {
  const TinyModel tiny;
  const Cut cut = {{2, 5}, {}};
  const auto weights = set_to_mean(tiny.model.weights, cut, tiny.calibration);
  const auto after =
      calibrate(Transformer(tiny.model.config, weights, torch::kCPU), tiny_batch().ids);
  const auto keys = after.k[0].flatten(0, 2);
  const auto mean = mean_key(tiny.calibration, 0)[0];
  for (const long d : {2, 5})
    EXPECT_TRUE(torch::allclose(keys.select(1, d), mean[d].expand_as(keys.select(1, d)))) << d;
  EXPECT_TRUE(torch::allclose(keys.select(1, 0), tiny.calibration.k[0].flatten(0, 2).select(1, 0)));
}

}  // namespace
}  // namespace rc
