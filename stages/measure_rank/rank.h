// How many of a key's d_k coordinates are in use (depends on the basis), and how many directions
// the keys of a head span (does not).
//
// With l the eigenvalues of the keys' second moment or covariance and s = sqrt(l) the singular
// values, both over N tokens:
//   coordinate_pr  mean over tokens of (sum x^2)^2 / sum x^4   the original's "effective rank"
//   pr_eigen       (sum l)^2 / sum l^2                         participation ratio
//   pr_singular    (sum s)^2 / sum s^2
//   entropy_rank   exp(-sum p log p), p = l / sum l            Roy & Vetterli 2007
//   rank_90        least r whose r largest l hold 90 % of sum l
//   stable_rank    sum l / max l = ||X||_F^2 / ||X||_2^2
#pragma once

#include <array>
#include <string>
#include <vector>

#include "kernels/fused/rope.h"
#include "kernels/torch.h"

namespace rc {

inline constexpr std::array kRopes{"before_rope", "after_rope"};
inline constexpr std::array kCentrings{"uncentred", "centred"};
inline constexpr std::array kSpectralMeasures{"pr_eigen", "pr_singular", "entropy_rank", "rank_90",
                                              "stable_rank"};

/// (sum x^2)^2 / sum x^4 of every vector of x [..., d] -> [...]; between 1 and d, 0 for a zero
/// vector.
torch::Tensor coordinate_participation(const torch::Tensor& x);

/// The spectral measures, in their order, of spectra [..., d] (not negative, any order) -> [...,
/// 5]; all 0 for a spectrum of zeros: no variance, no rank.
torch::Tensor spectral_measures(const torch::Tensor& eigenvalues);

/// Means over the tokens of each sequence. All measures of any weighting of the sequences follow
/// from them, so that a bootstrap needs no key twice. First axis: before, after RoPE.
struct Moments {
  /// Coordinate participation; for the second centring the mean over all tokens of the head, of
  /// every sequence, was taken off. It stays that mean whatever the sequences weigh later, also in
  /// a bootstrap: no mean over tokens tells what another centre would have given.
  torch::Tensor participation;  // [2, heads, sequences, 2 centrings]
  torch::Tensor first;          // [2, heads, sequences, d]      mean of x
  torch::Tensor second;         // [2, heads, sequences, d, d]   mean of x x^T
};

/// `keys` [heads, sequences, T, d] float64, before RoPE.
Moments moments(const torch::Tensor& keys, const Rope& rope);

/// Eigenvalues, largest first, of the moments pooled over sequences with `weights`
/// [draws, sequences] (each row sums to 1) -> [draws, 2 ropes, 2 centrings, heads, d].
/// What rounding makes of a zero eigenvalue is set to 0.
torch::Tensor pooled_spectra(const Moments& moments, const torch::Tensor& weights);

/// Names of a score's columns: coordinate_pr.<rope>, coordinate_pr.centred.<rope>, then
/// <measure>.<centring>.<rope>.
const std::vector<std::string>& score_names();
/// How many of them, the first ones, are coordinate_pr.
inline constexpr int64_t kCoordinateColumns = kCentrings.size() * kRopes.size();
/// True for a column that no orthonormal change of the keys' basis moves.
bool basis_free(const std::string& score_name);

/// Every measure, mean over heads -> [draws, columns].
torch::Tensor scores(const Moments& moments, const torch::Tensor& weights);

/// The weighting that counts every sequence once: [1, sequences].
torch::Tensor equal_weights(long sequences);

}  // namespace rc
