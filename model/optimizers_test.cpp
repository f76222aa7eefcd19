#include "model/optimizers.h"

#include <gtest/gtest.h>

#include "kernels/torch.h"

namespace rc {
namespace {

torch::Tensor randoms(std::vector<std::int64_t> shape, std::uint64_t seed) {
  auto random = cpu_generator(seed);
  return torch::normal(0.0, 1.0, shape, random);
}

class PolarExpress : public testing::TestWithParam<std::vector<std::int64_t>> {};

TEST_P(PolarExpress, IsNearTheOrthogonalFactorOfTheSvd) {
  const auto g = randoms(GetParam(), 1);
  const auto x = polar_express(g);
  const auto [u, s, vt] = torch::linalg_svd(g, /*full_matrices=*/false);
  const auto polar = torch::matmul(u, vt);
  // Same singular vectors: U^T X V is diagonal, and its entries are near 1.
  const auto core = torch::matmul(torch::matmul(u.transpose(-2, -1), x), vt.transpose(-2, -1));
  const auto diagonal = core.diagonal(0, -2, -1);
  EXPECT_GT(diagonal.min().item<float>(), 0.7f);
  EXPECT_LT(diagonal.max().item<float>(), 1.3f);
  EXPECT_LT((core - torch::diag_embed(diagonal)).abs().max().item<float>(), 1e-3f);
  EXPECT_LT(((x - polar).norm() / polar.norm()).item<float>(), 0.2f);
}

INSTANTIATE_TEST_SUITE_P(Shapes, PolarExpress,
                         testing::Values(std::vector<std::int64_t>{24, 24},
                                         std::vector<std::int64_t>{12, 40},
                                         std::vector<std::int64_t>{40, 12},
                                         std::vector<std::int64_t>{3, 10, 20}));

TEST(PolarExpressScale, DoesNotMatter) {
  const auto g = randoms({10, 20}, 2);
  EXPECT_TRUE(torch::allclose(polar_express(g), polar_express(1e-3 * g), 1e-2, 1e-3));
}

TEST(MuonStep, MovesByLearningRateTimesTheOrthogonalisedGradient) {
  auto p = torch::zeros({8, 4}).requires_grad_();
  const auto g = randoms({8, 4}, 3);
  p.mutable_grad() = g;
  Muon muon({p}, {.lr = 0.5, .momentum = 0.9});
  muon.step();
  // Nesterov from zero momentum is parallel to g; rows / cols = 2.
  const auto expected = -0.5 * std::sqrt(2.0) * polar_express(g);
  EXPECT_TRUE(torch::allclose(p.detach(), expected, 1e-3, 1e-4));
}

TEST(MuonStep, NesterovLooksAheadOfTheMomentum) {
  auto p = torch::zeros({4, 4}).requires_grad_();
  const auto g1 = randoms({4, 4}, 4), g2 = randoms({4, 4}, 5);
  Muon muon({p}, {.lr = 1.0, .momentum = 0.9});
  p.mutable_grad() = g1;
  muon.step();
  const auto before = p.detach().clone();
  p.mutable_grad() = g2;
  muon.step();
  const auto momentum = 0.9 * (0.1 * g1) + 0.1 * g2;
  const auto direction = 0.1 * g2 + 0.9 * momentum;
  EXPECT_TRUE(torch::allclose(p.detach() - before, -polar_express(direction), 1e-3, 1e-4));
}

/// Rows 1, 2 and 4, first three columns; and row 0 with all four.
TEST(MuonStep, UpdatesPartsAsMatricesOfTheirOwnAndNothingElse) {
  const auto rows = torch::tensor({1, 2, 4}, torch::kInt64);
  const auto first = [&](const torch::Tensor& x) {
    return x.narrow(1, 0, 3).index_select(0, rows);
  };
  auto p = randoms({6, 4}, 6).requires_grad_();
  const auto before = p.detach().clone();
  auto alone = first(before).clone().requires_grad_(), row = before.narrow(0, 0, 1).clone();
  row.requires_grad_();
  const Muon::Options options{.lr = 0.5, .momentum = 0.9};
  Muon muon({p}, options), of_first({alone}, options), of_row({row}, options);
  muon.update_parts(p, {{rows, 3}, {torch::tensor({0}, torch::kInt64), 4}});
  for (int i = 0; i < 3; ++i) {  // with a momentum of their own
    p.mutable_grad() = randoms({6, 4}, 20 + i);
    alone.mutable_grad() = first(p.grad());
    row.mutable_grad() = p.grad().narrow(0, 0, 1);
    for (auto* optimizer : {&muon, &of_first, &of_row}) optimizer->step();
  }
  const auto after = p.detach();
  EXPECT_TRUE(torch::allclose(first(after), alone.detach(), 1e-5, 1e-6));
  EXPECT_TRUE(torch::allclose(after.narrow(0, 0, 1), row.detach(), 1e-5, 1e-6));
  EXPECT_FALSE(torch::allclose(first(after), first(before), 1e-2, 1e-2));
  EXPECT_TRUE(torch::equal(after.narrow(0, 3, 1), before.narrow(0, 3, 1)));
  EXPECT_TRUE(torch::equal(after.narrow(0, 5, 1), before.narrow(0, 5, 1)));
  EXPECT_TRUE(
      torch::equal(after.narrow(1, 3, 1).narrow(0, 1, 5), before.narrow(1, 3, 1).narrow(0, 1, 5)));
}

TEST(MuonStep, TreatsMatricesOfOneShapeOneByOne) {
  std::vector<torch::Tensor> together, alone;
  for (int i = 0; i < 2; ++i) {
    for (auto* list : {&together, &alone}) {
      list->push_back(torch::zeros({6, 3}).requires_grad_());
      list->back().mutable_grad() = randoms({6, 3}, 10 + i);
    }
  }
  Muon(together, {}).step();
  for (const auto& p : alone) Muon({p}, {}).step();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(torch::allclose(together[i].detach(), alone[i].detach()));
}

TEST(MuonStep, OfMatricesTogetherIsThatOfEach) {
  std::vector<torch::Tensor> together, alone;
  for (int i = 0; i < 3; ++i)
    for (auto* list : {&together, &alone}) {
      list->push_back(
          torch::zeros(i < 2 ? std::vector<std::int64_t>{6, 3} : std::vector<std::int64_t>{4, 4}));
      list->back().requires_grad_();
      list->back().mutable_grad() = randoms(list->back().sizes().vec(), 30 + i);
    }
  Muon(together, {.together = true}).step();
  Muon(alone, {}).step();
  for (std::size_t i = 0; i < together.size(); ++i) {
    EXPECT_GT(alone[i].detach().abs().max().item<float>(), 1e-3f);
    EXPECT_TRUE(torch::allclose(together[i].detach(), alone[i].detach(), 1e-5, 1e-6));
  }
}

/// Turned into a longer space, a matrix has the same polar factor there. The short one is taken
/// step by step, the long one by Gram matrices.
TEST(PolarExpressOfLongMatrices, ByGramMatricesIsThatStepByStep) {
  const auto square = randoms({16, 16}, 8).to(torch::kFloat64);
  const auto [u, s, vt] = torch::linalg_svd(square, /*full_matrices=*/false);
  const auto spectrum = torch::logspace(0, -3, 16, 10, torch::kFloat64);
  const auto long_basis = std::get<0>(torch::linalg_qr(randoms({48, 16}, 9).to(torch::kFloat64)));
  const auto core = torch::matmul(u * spectrum, vt);        // [16, 16]: step by step
  const auto matrix = torch::matmul(core, long_basis.t());  // [16, 48]: by Gram matrices
  const auto expected = torch::matmul(polar_express(core, torch::kFloat64), long_basis.t());
  const auto apart = [&](const torch::Tensor& x) {
    return ((x.to(torch::kFloat64) - expected).norm() / expected.norm()).item<double>();
  };
  EXPECT_LT(apart(polar_express(matrix, torch::kFloat64)), 1e-5);  // of float32 norms
  EXPECT_LT(apart(polar_express(matrix.to(torch::kFloat32))), 1e-3);
  EXPECT_LT(apart(polar_express(matrix.t().to(torch::kFloat32)).t()), 1e-3);
}

TEST(PolarExpressInBFloat16, IsNearThatInFloat32) {
  const auto g = randoms({24, 40}, 7);
  const auto narrow = polar_express(g, torch::kBFloat16), wide = polar_express(g);
  EXPECT_EQ(narrow.scalar_type(), torch::kFloat32);
  const double error = ((narrow - wide).norm() / wide.norm()).item<double>();
  EXPECT_LT(error, 0.05);
  EXPECT_GT(error, 1e-4);
}

}  // namespace
}  // namespace rc
