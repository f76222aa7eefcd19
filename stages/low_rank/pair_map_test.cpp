#include "stages/low_rank/pair_map.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/fused/rope.h"
#include "stages/low_rank/key_maps.h"
#include "stages/low_rank/random_moments.h"

namespace rc {
namespace {

using torch::Tensor;

bool nearly(const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-6, 1e-6); }

/// The map that multiplies pair p by 1 - u_p - i v_p.
Tensor map_of(const std::vector<double>& u, const std::vector<double>& v) {
  const auto pairs = static_cast<long>(u.size());
  auto map = torch::zeros({2 * pairs, 2 * pairs}, torch::kFloat64);
  for (long p = 0; p < pairs; ++p) {
    map[2 * p][2 * p] = map[2 * p + 1][2 * p + 1] = 1 - u[p];
    map[2 * p][2 * p + 1] = v[p];
    map[2 * p + 1][2 * p] = -v[p];
  }
  return map;
}

TEST(PairErrorForm, IsTheErrorOfTheFactors) {
  const auto c = second_moment_of(6, 1), s = second_moment_of(6, 2);
  const std::vector<double> u = {0.3, 1.0, -0.7}, v = {0.5, 0.0, 0.2};
  const auto z = torch::tensor({0.3, 1.0, -0.7, 0.5, 0.0, 0.2}, torch::kFloat64);
  EXPECT_NEAR(z.dot(pair_error_form(c, s).mv(z)).item<double>(),
              mean_square_error(c, s, map_of(u, v)), 1e-9);
}

TEST(WithinPairsMap, CommutesWithRope) {
  const auto map = within_pairs_map(second_moment_of(8, 1), second_moment_of(8, 2), 2);
  EXPECT_EQ(at::linalg_matrix_rank(map).item<long>(), 4);
  const auto keys = normals({9, 8}, 3);
  const auto rope = make_rope(9, 8, 100.0);
  EXPECT_TRUE(
      nearly(apply_rope(keys.matmul(map.t()), rope), apply_rope(keys, rope).matmul(map.t())));
  const auto other = pca_map(second_moment_of(8, 2), 4);
  EXPECT_FALSE(
      nearly(apply_rope(keys.matmul(other.t()), rope), apply_rope(keys, rope).matmul(other.t())));
}

TEST(WithinPairsMap, OfAllPairsIsTheIdentity) {
  EXPECT_TRUE(torch::equal(within_pairs_map(second_moment_of(8, 1), second_moment_of(8, 2), 4),
                           torch::eye(8, torch::kFloat64)));
}

/// Whichever pairs go, no logit is another.
TEST(WithinPairsMap, OfConstantKeysOrOfNoQueriesKeepsAsManyPairsAsItIsAskedFor) {
  const auto some = second_moment_of(8, 1), none = torch::zeros({8, 8}, torch::kFloat64);
  for (const auto& map : {within_pairs_map(some, none, 2), within_pairs_map(none, some, 2)}) {
    EXPECT_TRUE(torch::isfinite(map).all().item<bool>());
    EXPECT_EQ(at::linalg_matrix_rank(map).item<long>(), 4);
  }
}

TEST(WithinPairsMap, DropsUncorrelatedPairsByTheirEnergiesAndScalesNone) {
  // E|q_p|^2 E|k_p|^2: 2*8, 6*2, 10*4.
  const auto c = torch::diag(torch::tensor({1.0, 1.0, 3.0, 3.0, 5.0, 5.0}, torch::kFloat64));
  const auto s = torch::diag(torch::tensor({4.0, 4.0, 1.0, 1.0, 2.0, 2.0}, torch::kFloat64));
  const auto kept = [&](long pairs) { return within_pairs_map(c, s, pairs).diagonal(); };
  EXPECT_TRUE(nearly(kept(2), torch::tensor({1, 1, 0, 0, 1, 1}, torch::kFloat64)));
  EXPECT_TRUE(nearly(kept(1), torch::tensor({0, 0, 0, 0, 1, 1}, torch::kFloat64)));
}

/// Least z^T G z where z is (1, 0) at `dropped` and free elsewhere, by a system of equations.
double least_error(const Tensor& form, const std::vector<long>& dropped) {
  const long pairs = form.size(0) / 2;
  std::vector<long> fixed, kept;
  for (const long p : dropped) fixed.push_back(p), fixed.push_back(p + pairs);
  for (long i = 0; i < 2 * pairs; ++i)
    if (std::ranges::find(fixed, i) == fixed.end()) kept.push_back(i);
  auto z = torch::zeros({2 * pairs}, torch::kFloat64);
  for (const long p : dropped) z[p] = 1;
  const auto k = torch::tensor(kept, torch::kInt64);
  const auto rows = form.index_select(0, k);
  z.index_copy_(0, k, at::linalg_solve(rows.index_select(1, k), -rows.mv(z)));
  return z.dot(form.mv(z)).item<double>();
}

TEST(WithinPairsMap, DropsThePairThatIsMissedLeastEachTime) {
  const auto c = second_moment_of(16, 6), s = second_moment_of(16, 7);
  const auto form = pair_error_form(c, s);
  std::vector<long> dropped;
  for (long kept = 7; kept > 0; --kept) {
    long best = -1;
    double least = 0;
    for (long p = 0; p < 8; ++p) {
      if (std::ranges::find(dropped, p) != dropped.end()) continue;
      auto with = dropped;
      with.push_back(p);
      if (const double error = least_error(form, with); best < 0 || error < least)
        best = p, least = error;
    }
    dropped.push_back(best);
    const auto map = within_pairs_map(c, s, kept);
    EXPECT_NEAR(mean_square_error(c, s, map), least, 1e-6 * least) << kept;
    for (const long p : dropped) EXPECT_EQ(map[2 * p][2 * p].item<double>(), 0) << kept;
  }
}

TEST(WithinPairsMap, LetsOnePairSpeakForAnother) {
  // The second pair is three times the first in keys and equal to it in queries, a quarter turned
  // in both: where one goes the other alone can give the whole product.
  const auto q = normals({100, 2}, 1), k = normals({100, 2}, 2);
  const auto turn = torch::tensor({{0.0, 1.0}, {-1.0, 0.0}}, torch::kFloat64);
  const auto queries = torch::cat({q, q.matmul(turn)}, 1);
  const auto keys = torch::cat({k, 3 * k.matmul(turn)}, 1);
  const auto c = queries.t().matmul(queries), s = keys.t().matmul(keys);
  const auto map = within_pairs_map(c, s, 1);
  EXPECT_EQ(at::linalg_matrix_rank(map).item<long>(), 2);
  EXPECT_LT(mean_square_error(c, s, map), 1e-6 * mean_square_error(c, s, 0 * map));
}

TEST(WithinPairsMap, IsBeatenByNoOtherFactors) {
  const auto c = second_moment_of(8, 4), s = second_moment_of(8, 5);
  const auto map = within_pairs_map(c, s, 2);
  const double least = mean_square_error(c, s, map);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto change = 0.01 * normals({2, 4}, seed);
    std::vector<double> u(4), v(4);
    for (long p = 0; p < 4; ++p) {
      u[p] = change[0][p].item<double>(), v[p] = change[1][p].item<double>();
    }
    // Factors near the best ones, of the pairs it keeps.
    EXPECT_GE(mean_square_error(c, s, map.matmul(map_of(u, v))), least);
  }
}

}  // namespace
}  // namespace rc
