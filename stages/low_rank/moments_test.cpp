#include "stages/low_rank/moments.h"

#include <gtest/gtest.h>

#include "stages/low_rank/random_moments.h"

namespace rc {
namespace {

using torch::Tensor;

TEST(Moments, CentreKeysAndNotQueries) {
  // One layer, one key head read by two query heads, two tokens of width 2, no rotation.
  Calibration c;
  c.q.push_back(
      torch::tensor({1.0f, 0.0f, 2.0f, 1.0f, 0.0f, 1.0f, 1.0f, 1.0f}).reshape({1, 2, 2, 2}));
  c.k.push_back(torch::tensor({3.0f, 1.0f, 1.0f, -5.0f}).reshape({1, 1, 2, 2}));
  c.ropes.push_back({torch::ones({2, 1}), torch::zeros({2, 1})});
  const auto moments = moments_of(c, 0);
  ASSERT_EQ(moments.size(), 1u);
  const auto matrix = [](double a, double b, double d) {
    return torch::tensor({{a, b}, {b, d}}, torch::kFloat64);
  };
  EXPECT_TRUE(torch::equal(moments[0].mean, torch::tensor({2.0, -2.0}, torch::kFloat64)));
  EXPECT_TRUE(torch::allclose(moments[0].covariance, matrix(1, 3, 9)));
  EXPECT_TRUE(torch::allclose(moments[0].queries, matrix(1.5, 0.75, 0.75)));
  EXPECT_TRUE(torch::allclose(moments[0].turned, moments[0].queries));
}

TEST(Moments, OfAHeadTakeTheQueriesThatReadIt) {
  Calibration c;
  c.q.push_back(normals({3, 4, 5, 6}, 1).to(torch::kFloat32));
  c.k.push_back(normals({3, 2, 5, 6}, 2).to(torch::kFloat32));
  c.ropes.push_back(make_rope(5, 6, 100.0));
  const auto moments = moments_of(c, 0);
  ASSERT_EQ(moments.size(), 2u);
  const auto second_half = c.q[0].narrow(1, 2, 2).reshape({-1, 6}).to(torch::kFloat64);
  EXPECT_TRUE(torch::allclose(moments[1].queries, second_half.t().matmul(second_half) / 30));
  const auto keys = c.k[0].select(1, 1).reshape({-1, 6}).to(torch::kFloat64);
  EXPECT_TRUE(torch::allclose(moments[1].mean, keys.mean(0)));
}

TEST(TurnedByDistance, IsTheMeanOverTheKeysOfEachRow) {
  const auto q = normals({6}, 3);
  const auto rope = make_rope(4, 6, 10.0);
  auto expected = torch::zeros({6, 6}, torch::kFloat64);
  for (long t = 0; t < 4; ++t)
    for (long s = 0; s <= t; ++s) {
      const auto at_distance = apply_rope(q.expand({t - s + 1, 6}), rope)[t - s];
      expected += torch::outer(at_distance, at_distance) / (4.0 * static_cast<double>(t + 1));
    }
  const auto turned = turned_by_distance(torch::outer(q, q), rope, 4);
  EXPECT_TRUE(torch::allclose(turned, expected, 1e-9, 1e-9));
}

/// The logits of a model with RoPE are what `turned` is about.
TEST(TurnedByDistance, GivesTheMeanSquareOfLogits) {
  const auto q = normals({6}, 3), k = normals({6}, 4);
  const auto rope = make_rope(4, 6, 10.0);
  const auto logits =
      apply_rope(q.expand({4, 6}), rope).matmul(apply_rope(k.expand({4, 6}), rope).t());
  double expected = 0;
  for (long t = 0; t < 4; ++t)
    expected += logits[t].narrow(0, 0, t + 1).square().mean().item<double>() / 4;
  const auto turned = turned_by_distance(torch::outer(q, q), rope, 4);
  EXPECT_NEAR(k.dot(turned.mv(k)).item<double>(), expected, 1e-6);
}

}  // namespace
}  // namespace rc
