// Keys without structure, of the same number and width as the measured ones: a measure says
// something only where it differs from what these score.
#pragma once

#include <cstdint>

#include "kernels/torch.h"

namespace rc {

/// Design goal: one set of draws serves all layers and snapshots, so that two layers or two steps
/// never differ by the luck of their null.
struct NullDraws {
  torch::Tensor gaussian;  // [draws, sequences, T, d] float64, independent N(0, 1)
  torch::Tensor
      permutation;         // [draws, 1, sequences * T, d] int64, a permutation of tokens a column
  torch::Tensor rotation;  // [draws, d, d] float64, orthonormal, uniform over O(d)
};

struct KeyShape {
  long sequences = 0;
  long tokens = 0;  // of one sequence
  long d_k = 0;
  bool operator==(const KeyShape&) const = default;
};

NullDraws draw_nulls(const KeyShape& shape, long draws, std::uint64_t seed);

/// Gaussian keys put through RMSNorm and multiplied by a layer's gain [d] -> like `gaussian`.
torch::Tensor same_gains_keys(const torch::Tensor& gaussian, const torch::Tensor& gain);

/// `keys` [heads, sequences, T, d] with every column permuted over all tokens independently of the
/// others: keeps each coordinate's distribution, destroys what ties them
/// -> [draws * heads, sequences, T, d].
torch::Tensor permuted_keys(const torch::Tensor& keys, const torch::Tensor& permutation);

/// `keys` [heads, sequences, T, d], each draw of them in another orthonormal basis: keeps all
/// lengths and angles, and before RoPE every spectrum -> [draws * heads, sequences, T, d]. RoPE
/// then turns planes that mean nothing to the keys. Of coordinate participation this null keeps
/// nothing of the keys at all: a vector in a uniform basis is uniform on its sphere, so that the
/// expectation is gaussian_coordinate_pr(d), for one token as for many, before RoPE as after it.
/// Draws scatter about that, the more the fewer directions the keys span.
torch::Tensor rotated_keys(const torch::Tensor& keys, const torch::Tensor& rotation);

/// Mean coordinate participation ratio of `vectors` random vectors of d independent coordinates
/// (standard error about 0.01 at d = 64 with the default).
double gaussian_coordinate_pr(long d, std::uint64_t seed, long vectors = 1 << 17);
double laplace_coordinate_pr(long d, std::uint64_t seed, long vectors = 1 << 17);

}  // namespace rc
