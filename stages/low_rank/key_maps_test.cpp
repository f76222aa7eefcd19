#include "stages/low_rank/key_maps.h"

#include <gtest/gtest.h>

#include "stages/low_rank/random_moments.h"

namespace rc {
namespace {

using torch::Tensor;

Tensor diagonal(std::vector<double> values) {
  return torch::diag(torch::tensor(values, torch::kFloat64));
}

bool close(const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-9, 1e-9); }

TEST(PcaMap, KeepsWhatVariesMost) {
  EXPECT_TRUE(close(pca_map(diagonal({1, 4, 2}), 2), diagonal({0, 1, 1})));
}

TEST(PcaMap, LosesNothingOfKeysThatLiveInFewerDimensions) {
  const auto keys = normals({50, 3}, 1).matmul(normals({3, 8}, 2));
  const auto map = pca_map(keys.t().matmul(keys) / 50, 3);
  EXPECT_TRUE(close(keys.matmul(map.t()), keys));
  EXPECT_FALSE(close(keys.matmul(pca_map(keys.t().matmul(keys) / 50, 2).t()), keys));
}

TEST(KqSvdMap, KeepsWhatQueriesAskFor) {
  // Products of the energies: 9, 4, 10.
  const auto map = kq_svd_map(diagonal({9, 1, 5}), diagonal({1, 4, 2}), 2);
  EXPECT_TRUE(close(map, diagonal({1, 0, 1})));
}

TEST(KqSvdMap, LeavesTheSmallSingularValues) {
  const auto c = second_moment_of(8, 1), s = second_moment_of(8, 2);
  // Those of C^1/2 S^1/2, squared, are the eigenvalues of C S.
  const auto squared = std::get<0>(torch::real(at::linalg_eigvals(c.matmul(s))).sort());
  EXPECT_NEAR(mean_square_error(c, s, kq_svd_map(c, s, 3)),
              squared.narrow(0, 0, 5).sum().item<double>(), 1e-6);
}

TEST(KqSvdMap, IsBeatenByNoMapOfItsRank) {
  const auto c = second_moment_of(8, 1), s = second_moment_of(8, 2);
  const auto best = kq_svd_map(c, s, 3);
  EXPECT_EQ(at::linalg_matrix_rank(best).item<long>(), 3);
  const double least = mean_square_error(c, s, best);
  EXPECT_LT(least, 0.9 * mean_square_error(c, s, pca_map(s, 3)));
  const auto [left, values, right] = at::linalg_svd(best);
  for (std::uint64_t seed = 10; seed < 110; ++seed) {
    EXPECT_GT(mean_square_error(c, s, normals({8, 3}, seed).matmul(normals({3, 8}, seed + 100))),
              least);
    // Near by: the two factors of the best one, a little moved.
    const auto near = (left.narrow(1, 0, 3) * values.narrow(0, 0, 3) + 0.01 * normals({8, 3}, seed))
                          .matmul(right.narrow(0, 0, 3) + 0.01 * normals({3, 8}, seed + 200));
    EXPECT_GT(mean_square_error(c, s, near), least);
  }
}

TEST(KqSvdMap, GivesBackAllThatIsAskedForOfASingularMoment) {
  const auto c = diagonal({2, 0, 3}), s = second_moment_of(3, 5);
  const auto map = kq_svd_map(c, s, 2);
  EXPECT_TRUE(torch::isfinite(map).all().item<bool>());
  EXPECT_NEAR(mean_square_error(c, s, map), 0, 1e-12);
}

TEST(KeyMaps, OfFullRankAreTheIdentity) {
  const auto c = second_moment_of(8, 1), s = second_moment_of(8, 2);
  EXPECT_TRUE(close(pca_map(s, 8), torch::eye(8, torch::kFloat64)));
  EXPECT_TRUE(close(kq_svd_map(c, s, 8), torch::eye(8, torch::kFloat64)));
}

TEST(MeanSquareError, IsThatOfTheProducts) {
  const auto q = normals({300, 4}, 1), k = normals({200, 4}, 2), map = normals({4, 4}, 3);
  const auto errors = q.matmul((k - k.matmul(map.t())).t());
  EXPECT_NEAR(mean_square_error(q.t().matmul(q) / 300, k.t().matmul(k) / 200, map),
              errors.square().mean().item<double>(), 1e-9);
}

}  // namespace
}  // namespace rc
