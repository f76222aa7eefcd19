#include "stages/measure_rank/nulls.h"

#include <functional>

#include "kernels/torch.h"
#include "stages/measure_rank/rank.h"

namespace rc {
namespace {

using Draw = std::function<torch::Tensor(torch::IntArrayRef)>;

/// In parts, so that a wide null needs no gigabytes.
double mean_coordinate_pr(long d, long vectors, const Draw& draw) {
  constexpr long kPart = 1 << 12;
  double sum = 0;
  for (long done = 0; done < vectors; done += kPart)
    sum +=
        coordinate_participation(draw({std::min(kPart, vectors - done), d})).sum().item<double>();
  return sum / static_cast<double>(vectors);
}

/// Uniform over the orthogonal matrices, [draws, d, d]. Q of a Gaussian matrix alone is not: the
/// factorisation prefers some signs (Mezzadri 2007, arXiv:math-ph/0609050).
torch::Tensor uniform_rotations(long draws, long d, at::Generator& random) {
  const auto [q, r] = torch::linalg_qr(torch::randn({draws, d, d}, random, torch::kFloat64));
  return q * r.diagonal(0, -2, -1).sign().unsqueeze(-2);
}

}  // namespace

NullDraws draw_nulls(const KeyShape& shape, long draws, std::uint64_t seed) {
  auto random = cpu_generator(seed);
  const long all = shape.sequences * shape.tokens;
  // The order of independent uniform numbers is a uniform permutation.
  const auto uniform = torch::rand({draws, 1, all, shape.d_k}, random, torch::kFloat64);
  return {.gaussian = torch::randn({draws, shape.sequences, shape.tokens, shape.d_k}, random,
                                   torch::kFloat64),
          .permutation = torch::argsort(uniform, /*dim=*/int64_t{2}),
          .rotation = uniform_rotations(draws, shape.d_k, random)};
}

torch::Tensor same_gains_keys(const torch::Tensor& gaussian, const torch::Tensor& gain) {
  return gaussian * gaussian.square().mean(-1, /*keepdim=*/true).rsqrt() * gain;
}

torch::Tensor permuted_keys(const torch::Tensor& keys, const torch::Tensor& permutation) {
  const auto all = keys.flatten(1, 2).unsqueeze(0);  // [1, heads, sequences * T, d]
  const auto heads = all.size(1), draws = permutation.size(0);
  const auto mixed =
      all.expand({draws, -1, -1, -1}).gather(2, permutation.expand({-1, heads, -1, -1}));
  return mixed.reshape({draws * heads, keys.size(1), keys.size(2), keys.size(3)});
}

torch::Tensor rotated_keys(const torch::Tensor& keys, const torch::Tensor& rotation) {
  const auto draws = rotation.size(0), d = rotation.size(1);
  return keys.unsqueeze(0).matmul(rotation.view({draws, 1, 1, d, d})).flatten(0, 1);
}

double gaussian_coordinate_pr(long d, std::uint64_t seed, long vectors) {
  auto random = cpu_generator(seed);
  return mean_coordinate_pr(
      d, vectors, [&](auto shape) { return torch::randn(shape, random, torch::kFloat64); });
}

double laplace_coordinate_pr(long d, std::uint64_t seed, long vectors) {
  auto random = cpu_generator(seed);
  // The size of a Laplace number is exponential, and only squares of coordinates count.
  return mean_coordinate_pr(d, vectors, [&](auto shape) {
    return torch::empty(shape, torch::kFloat64).exponential_(1, random);
  });
}

}  // namespace rc
