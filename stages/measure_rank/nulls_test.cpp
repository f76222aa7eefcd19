#include "stages/measure_rank/nulls.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stages/measure_rank/rank.h"

namespace rc {
namespace {

constexpr KeyShape kShape{.sequences = 8, .tokens = 256, .d_k = 64};

double pr_eigen(const torch::Tensor& keys) {
  const auto weights = equal_weights(keys.size(1));
  const auto spectra = pooled_spectra(moments(keys), weights, Centring::kUncentred);
  return spectral_measures(spectra).select(-1, kPrEigen).mean().item<double>();
}

double pr_of(const torch::Tensor& keys) { return mean_participation(keys).mean().item<double>(); }

torch::Tensor rotations(long draws, long d) {
  return draw_nulls({.sequences = 1, .tokens = 1, .d_k = d}, draws, 9).rotation;
}

TEST(CoordinatePrNull, OriginalWidth) {
  EXPECT_NEAR(gaussian_coordinate_pr(64, 1), 22.7, 0.1);
  EXPECT_NEAR(laplace_coordinate_pr(64, 1), 13.9, 0.1);
}

TEST(CoordinatePrNull, TwoGaussianCoordinatesInClosedForm) {
  // 1 / (cos^4 + sin^4) averaged over a uniform angle.
  EXPECT_NEAR(gaussian_coordinate_pr(2, 3), std::sqrt(2.0), 0.005);
}

TEST(CoordinatePrNull, TwoLaplaceCoordinatesByQuadrature) {
  // t = |y| / (|x| + |y|) is uniform on (0, 1).
  constexpr int kParts = 10000;
  double mean = 0;
  for (int i = 0; i < kParts; ++i) {
    const double t = (i + 0.5) / kParts, x2 = (1 - t) * (1 - t), y2 = t * t;
    mean += (x2 + y2) * (x2 + y2) / (x2 * x2 + y2 * y2) / kParts;
  }
  EXPECT_NEAR(laplace_coordinate_pr(2, 3), mean, 0.005);
}

TEST(CoordinatePrNull, CountsEveryVectorOnce) {
  // In one dimension every vector scores 1, whatever the number of parts.
  EXPECT_NEAR(gaussian_coordinate_pr(1, 5, 5000), 1, 1e-12);
}

TEST(NullDraws, GaussianFollowsMarchenkoPastur) {
  // E[l] = 1, E[l^2] = 1 + d/N, so (sum l)^2 / sum l^2 = d / (1 + d/N).
  const auto draws = draw_nulls(kShape, 4, 7);
  EXPECT_NEAR(pr_eigen(draws.gaussian), 64 / (1 + 64.0 / 2048), 0.1);
  const KeyShape few{.sequences = 2, .tokens = 64, .d_k = 64};
  EXPECT_NEAR(pr_eigen(draw_nulls(few, 16, 7).gaussian), 64 / (1 + 64.0 / 128), 0.5);
}

TEST(NullDraws, SeedDecides) {
  const KeyShape small{.sequences = 2, .tokens = 8, .d_k = 4};
  const auto a = draw_nulls(small, 2, 1), b = draw_nulls(small, 2, 1), c = draw_nulls(small, 2, 2);
  EXPECT_TRUE(a.gaussian.equal(b.gaussian) && a.permutation.equal(b.permutation));
  EXPECT_FALSE(a.gaussian.equal(c.gaussian) || a.permutation.equal(c.permutation));
}

TEST(SameGains, RowsHaveUnitRmsBeforeTheGainAndColumnsFollowIt) {
  const auto gain = torch::linspace(0.5, 2, 64, torch::kFloat64);
  const auto keys = same_gains_keys(draw_nulls(kShape, 1, 3).gaussian, gain);
  EXPECT_TRUE(torch::allclose((keys / gain).square().mean(-1), torch::ones({1}, torch::kFloat64)));
  const auto columns = keys.square().mean(at::IntArrayRef{0, 1, 2}).sqrt() / gain;
  EXPECT_LT((columns - 1).abs().max().item<double>(), 0.07);
}

TEST(SameGains, OneDominantGainIsAlmostRankOne) {
  auto gain = torch::full({64}, 1e-3, torch::kFloat64);
  gain[5] = 1;
  EXPECT_NEAR(pr_eigen(same_gains_keys(draw_nulls(kShape, 1, 3).gaussian, gain)), 1, 0.01);
}

TEST(PermutedKeys, KeepsEachColumnAndBreaksTheirTies) {
  const auto column = torch::randn({1, 8, 256, 1}, torch::kFloat64);
  const auto keys = column * torch::ones({64}, torch::kFloat64);  // rank one
  const auto mixed = permuted_keys(keys, draw_nulls(kShape, 2, 3).permutation);
  ASSERT_EQ(mixed.sizes(), (std::vector<int64_t>{2, 8, 256, 64}));
  const auto sorted = [](const torch::Tensor& x) { return std::get<0>(x.reshape(-1).sort()); };
  EXPECT_TRUE(sorted(mixed[1].select(-1, 9)).equal(sorted(keys[0].select(-1, 9))));
  EXPECT_NEAR(pr_eigen(keys), 1, 1e-9);
  EXPECT_NEAR(pr_eigen(mixed), 64 / (1 + 64.0 / 2048), 1);
}

TEST(PermutedKeys, MixesTokensOfAllSequences) {
  const auto which = torch::arange(8, torch::kFloat64).view({1, 8, 1, 1}).expand({1, 8, 256, 64});
  const auto mixed = permuted_keys(which, draw_nulls(kShape, 1, 3).permutation);
  EXPECT_GT(mixed[0][0].std().item<double>(), 2);
}

TEST(RotatedKeys, BasesAreOrthonormalAndNoDirectionIsPreferred) {
  const auto bases = rotations(4000, 3);
  const auto unit = torch::eye(3, torch::kFloat64).expand({4000, 3, 3});
  EXPECT_TRUE(torch::allclose(bases.matmul(bases.transpose(1, 2)), unit));
  // Each entry has mean 0 and variance 1/3: four standard errors are 0.037.
  EXPECT_LT(bases.mean(0).abs().max().item<double>(), 0.037);
}

TEST(RotatedKeys, EqualKeysLoseTheBasisTheyFilled) {
  const auto keys = [](long d) { return torch::ones({1, 2, 16, d}, torch::kFloat64); };
  EXPECT_NEAR(pr_of(keys(64)), 64, 1e-9);
  EXPECT_NEAR(pr_of(rotated_keys(keys(64), rotations(500, 64))), gaussian_coordinate_pr(64, 1),
              0.5);
  // In the plane the mean over a uniform angle is known, see TwoGaussianCoordinatesInClosedForm.
  EXPECT_NEAR(pr_of(rotated_keys(keys(2), rotations(4000, 2))), std::sqrt(2.0), 0.02);
}

TEST(RotatedKeys, OneHotKeysToo) {
  const auto keys = torch::eye(8, torch::kFloat64).expand({1, 1, 8, 8});
  EXPECT_NEAR(pr_of(keys), 1, 1e-12);
  EXPECT_NEAR(pr_of(rotated_keys(keys, rotations(1000, 8))), gaussian_coordinate_pr(8, 1), 0.05);
}

TEST(RotatedKeys, MoveEveryScoreButTheSpectralOnesBeforeRope) {
  const auto keys =
      torch::randn({2, 2, 64, 16}, torch::kFloat64) * torch::linspace(0.1, 3, 16, torch::kFloat64) +
      torch::linspace(0, 2, 16, torch::kFloat64);
  const auto rotated = rotated_keys(keys, rotations(3, 16));
  EXPECT_GT(std::abs(pr_of(rotated) / pr_of(keys) - 1), 1e-4);
  const auto scores_of = [](const torch::Tensor& x) {
    const auto rope = make_rope(x.size(2), x.size(3), 10000);
    return spectral_scores(key_moments(x, rope), equal_weights(x.size(1)))[0];
  };
  const auto change = (scores_of(rotated) / scores_of(keys) - 1).abs();
  for (size_t c = 0; c < kSpectralScores.size(); ++c) {
    const double moved = change[static_cast<int64_t>(c)].item<double>();
    EXPECT_TRUE(kSpectralScores[c].after_rope ? moved > 1e-4 : moved < 1e-9)
        << kSpectralScores[c].name << " " << moved;
  }
}

TEST(RotatedKeys, HeadsStayApart) {
  const auto heads = torch::tensor({1., 2.}, torch::kFloat64).view({2, 1, 1, 1});
  const auto rotated = rotated_keys(heads.expand({2, 3, 5, 4}), rotations(3, 4));
  ASSERT_EQ(rotated.sizes(), (std::vector<int64_t>{6, 3, 5, 4}));
  for (int64_t h = 0; h < 6; ++h)
    EXPECT_NEAR(rotated[h][2][4].norm().item<double>(), h % 2 == 0 ? 2 : 4, 1e-9);
}

TEST(PermutedKeys, HeadsStayApart) {
  const auto heads = torch::tensor({1., 2.}).view({2, 1, 1, 1}).expand({2, 8, 256, 64});
  const auto mixed = permuted_keys(heads, draw_nulls(kShape, 3, 3).permutation);
  ASSERT_EQ(mixed.size(0), 6);
  EXPECT_TRUE(mixed[0].eq(1).all().item<bool>());
  EXPECT_TRUE(mixed[3].eq(2).all().item<bool>());
}

}  // namespace
}  // namespace rc
