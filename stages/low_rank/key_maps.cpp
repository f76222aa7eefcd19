#include "stages/low_rank/key_maps.h"

namespace rc {
namespace {

using torch::Tensor;

/// An eigenvalue below this share of the largest is one of zero and rounding.
constexpr double kZeroShare = 1e-12;

/// Projection on the `rank` leading eigenvectors.
Tensor leading_projection(const Tensor& symmetric, long rank) {
  const auto vectors = std::get<1>(at::linalg_eigh(symmetric));  // ascending
  const auto leading = vectors.narrow(1, vectors.size(1) - rank, rank);
  return leading.matmul(leading.t());
}

struct Roots {
  Tensor root, inverse;  // C^1/2, C^-1/2
};

Roots roots_of(const Tensor& second_moment) {
  const auto [values, vectors] = at::linalg_eigh(second_moment);
  const auto positive = values > kZeroShare * values.max();
  const auto root = torch::where(positive, values, torch::zeros_like(values)).sqrt();
  const auto inverse = torch::where(positive, 1 / root, torch::zeros_like(root));
  return {(vectors * root).matmul(vectors.t()), (vectors * inverse).matmul(vectors.t())};
}

}  // namespace

Tensor pca_map(const Tensor& covariance, long rank) { return leading_projection(covariance, rank); }

Tensor kq_svd_map(const Tensor& queries, const Tensor& covariance, long rank) {
  const auto [root, inverse] = roots_of(queries);
  const auto projection = leading_projection(root.matmul(covariance).matmul(root), rank);
  return inverse.matmul(projection).matmul(root);
}

double mean_square_error(const Tensor& queries, const Tensor& covariance, const Tensor& map) {
  const auto lost = torch::eye(map.size(0), map.options()) - map;
  return (queries * lost.matmul(covariance).matmul(lost.t())).sum().item<double>();
}

}  // namespace rc
