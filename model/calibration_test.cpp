#include "model/calibration.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

/// One layer, one head, two tokens of width 2, no rotation.
Calibration by_hand() {
  Calibration c;
  c.q.push_back(torch::tensor({1.0f, 0.0f, 2.0f, 1.0f}).reshape({1, 1, 2, 2}));
  c.k.push_back(torch::tensor({3.0f, 1.0f, 1.0f, -5.0f}).reshape({1, 1, 2, 2}));
  c.ropes.push_back({torch::ones({2, 1}), torch::zeros({2, 1})});
  return c;
}

TEST(MeanKey, IsTheMeanOverTokens) {
  EXPECT_TRUE(torch::equal(mean_key(by_hand(), 0), torch::tensor({{2.0f, -2.0f}})));
}

TEST(ThinkScore, IsTheEnergyOfTheQueryTimesThatOfTheKey) {
  // E[q^2] = 2.5, 0.5; E[k^2] = 5, 13.
  EXPECT_TRUE(torch::allclose(think_score(by_hand(), 0), torch::tensor({12.5f, 6.5f})));
}

TEST(LogitDeviation, IsTakenWithinTheRowsOfTheSoftmax) {
  // The second query sees logits 2*3 + 1*1 = 7 and 2*1 - 5 = -3, over sqrt(2): deviation 5/sqrt(2).
  EXPECT_NEAR(logit_deviation(by_hand(), 0, torch::ones({2})), 5 / std::sqrt(2.0), 1e-6);
  // With the second dimension cut: 6 and 2.
  EXPECT_NEAR(logit_deviation(by_hand(), 0, torch::tensor({1.0f, 0.0f})), 2 / std::sqrt(2.0), 1e-6);
}

TEST(NormCorrection, IsTheSurvivorsShareOfTheNorm) {
  auto c = by_hand();
  LayerWeights w;
  w.gain_q = torch::tensor({2.0f, 2.0f});
  w.gain_k = torch::tensor({1.0f, 0.5f});
  // Keys before their gains: (3, 2), (1, -10); queries: (0.5, 0), (1, 0.5).
  const auto second = norm_correction(c, 0, w, {1});
  EXPECT_NEAR(second.k, (2 + 10) / 2.0, 1e-6);
  EXPECT_NEAR(second.q, (0 + 0.5) / 2, 1e-6);
  c.q[0] = c.q[0] * 3;
  c.query_factor = 3;
  EXPECT_NEAR(norm_correction(c, 0, w, {1}).q, (0 + 0.5) / 2, 1e-6);
}

}  // namespace
}  // namespace rc
