// Linear maps of a head's keys of low rank: what a cache of fewer floats a token can give back.
#pragma once

#include "kernels/torch.h"

namespace rc {

/// Projection on the directions in which keys vary most: P P^T with the `rank` leading eigenvectors
/// of their covariance in the columns of P. As Loki (Singhania et al. 2024, arXiv:2406.02542) has
/// it. Blind to queries.
torch::Tensor pca_map(const torch::Tensor& covariance, long rank);

/// The map A of rank `rank` that minimises tr(C (I - A) S (I - A)^T), C the queries' second moment
/// and S the keys' covariance (moments.h): with M = C^1/2 S^1/2 that is |M - C^1/2 A S^1/2|^2, and
/// by Eckart and Young (1936) the best C^1/2 A S^1/2 of that rank is U U^T M with the leading left
/// singular vectors of M in the columns of U. Hence
///   A = C^-1/2 U U^T C^1/2,
/// with U taken as the eigenvectors of M M^T = C^1/2 S C^1/2. Where C is singular C^-1/2 is its
/// pseudo-inverse: what no query asks for is not given back.
torch::Tensor kq_svd_map(const torch::Tensor& queries, const torch::Tensor& covariance, long rank);

/// tr(C (I - A) S (I - A)^T).
double mean_square_error(const torch::Tensor& queries, const torch::Tensor& covariance,
                         const torch::Tensor& map);

}  // namespace rc
