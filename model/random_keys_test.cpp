#include "model/random_keys.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

constexpr RandomProjection kPlain{.seed = 1, .layer = 2, .heads = 2, .d_k = 4, .qk_norm = false};

/// One token a direction of the stream: its keys are the columns of W_k.
torch::Tensor weight_of(const RandomProjection& projection, long d_model) {
  return random_keys(torch::eye(d_model).unsqueeze(0), projection)[0];
}

TEST(RandomKeys, AreALinearImageOfTheStreamThatTheSeedAndTheLayerName) {
  const auto stream = torch::linspace(-1, 1, 36).view({2, 3, 6}).square();
  const auto keys = random_keys(stream, kPlain);
  ASSERT_EQ(keys.sizes(), (std::vector<int64_t>{2, 3, 2 * kRandomProjections, 4}));
  const auto weight = weight_of(kPlain, 6).flatten(1);  // [d_model, heads * d_k]
  EXPECT_TRUE(torch::allclose(keys.flatten(2), torch::matmul(stream, weight), 1e-4, 1e-6));
  for (const auto& [seed, layer] : {std::pair{2, 2}, std::pair{1, 3}}) {
    auto other = kPlain;
    other.seed = static_cast<std::uint64_t>(seed), other.layer = layer;
    EXPECT_FALSE(torch::allclose(weight, weight_of(other, 6).flatten(1)));
  }
}

TEST(RandomKeys, HeadsAndDrawsAreIndependentAndNormal) {
  const auto weight = weight_of(kPlain, 4096).flatten(1) * 64;  // times sqrt(d_model): unit entries
  const auto moments = weight.t().matmul(weight) / 4096;        // between columns of W_k
  const auto unit = torch::eye(8 * kRandomProjections);
  EXPECT_LT((moments - unit).abs().max().item<double>(), 0.11);  // five standard errors
  EXPECT_NEAR(weight.pow(4).mean().item<double>(), 3, 0.1);      // a normal's fourth moment
}

TEST(RandomKeys, QkNormMakesEveryKeyAsLong) {
  auto normed = kPlain;
  normed.qk_norm = true;
  const auto stream = torch::linspace(-1, 1, 36).view({2, 3, 6});
  const auto keys = random_keys(stream, normed), raw = random_keys(stream, kPlain);
  const auto length = keys.square().mean(-1);
  EXPECT_TRUE(torch::allclose(length, torch::ones_like(length), 1e-3));
  const auto expected = raw * raw.square().mean(-1, /*keepdim=*/true).rsqrt();
  EXPECT_TRUE(torch::allclose(keys, expected, 1e-3, 1e-3));
}

}  // namespace
}  // namespace rc
