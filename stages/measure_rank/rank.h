// How many of a key's d_k coordinates are in use (depends on the basis), and how many directions
// the keys of a head span (does not).
//
// With l the eigenvalues of the keys' second moment or covariance and s = sqrt(l) the singular
// values, both over N tokens:
//   coordinate_pr  mean over tokens of (sum x^2)^2 / sum x^4   the original's "effective rank"
//   pr_eigen       (sum l)^2 / sum l^2                         participation ratio
//   pr_singular    (sum s)^2 / sum s^2
//   entropy_rank   exp(-sum p log p), p = l / sum l; after Roy & Vetterli 2007, who take s
//   rank_90        least r whose r largest l hold 90 % of sum l
//   stable_rank    sum l / max l = ||X||_F^2 / ||X||_2^2
#pragma once

#include <array>
#include <string>

#include "kernels/fused/rope.h"
#include "kernels/torch.h"

namespace rc {

enum SpectralMeasure : int64_t { kPrEigen, kPrSingular, kEntropyRank, kRank90, kStableRank };
enum class Centring { kUncentred, kCentred };  // spectrum of the second moment, of the covariance

/// A measure of a spectrum, taken before or after RoPE.
struct SpectralScore {
  const char* name;
  SpectralMeasure measure;
  Centring centring = Centring::kCentred;
  bool after_rope = false;
};

inline constexpr auto kSpectralScores = std::to_array<SpectralScore>({
    {"pr_eigen.centred.before_rope", kPrEigen},
    {"pr_singular.centred.before_rope", kPrSingular},
    {"entropy_rank.centred.before_rope", kEntropyRank},
    {"rank_90.centred.before_rope", kRank90},
    {"stable_rank.centred.before_rope", kStableRank},
    {"pr_eigen.uncentred.before_rope", kPrEigen, Centring::kUncentred},
    {"pr_eigen.centred.after_rope", kPrEigen, Centring::kCentred, true},
});

/// (sum x^2)^2 / sum x^4 of every vector of x [..., d] -> [...]; between 1 and d, 0 for a zero
/// vector.
torch::Tensor coordinate_participation(const torch::Tensor& x);

/// The spectral measures, in their order, of spectra [..., d] (not negative, any order) -> [...,
/// 5]; all 0 for a spectrum of zeros: no variance, no rank.
torch::Tensor spectral_measures(const torch::Tensor& eigenvalues);

/// Coordinate participation of `keys` [heads, sequences, T, d] float64, mean over the tokens of
/// each sequence: [heads, sequences].
torch::Tensor mean_participation(const torch::Tensor& keys);

/// Means over the tokens of each sequence. All measures of any weighting of the sequences follow
/// from them, so that a jackknife needs no key twice.
struct Moments {
  torch::Tensor participation;  // [heads, sequences]
  torch::Tensor first;          // [heads, sequences, d]      mean of x
  torch::Tensor second;         // [heads, sequences, d, d]   mean of x x^T
};

/// `keys` [heads, sequences, T, d] float64.
Moments moments(const torch::Tensor& keys);

/// `keys` [heads, sequences, T, d] float64 after RoPE.
torch::Tensor turned_keys(const torch::Tensor& keys, const Rope& rope);

/// The same keys on both sides of RoPE.
struct KeyMoments {
  Moments before_rope;
  Moments after_rope;
};
KeyMoments key_moments(const torch::Tensor& keys, const Rope& rope);

/// Eigenvalues, largest first, of the moments pooled over sequences with `weights` [weightings,
/// sequences] (each row sums to 1) -> [weightings, heads, d]. What rounding makes of a zero
/// eigenvalue is set to 0.
torch::Tensor pooled_spectra(const Moments& moments, const torch::Tensor& weights,
                             Centring centring);

/// Every one of kSpectralScores, mean over heads -> [weightings, scores].
torch::Tensor spectral_scores(const KeyMoments& moments, const torch::Tensor& weights);

/// pr_eigen.centred of keys of which one side of RoPE is known, mean over heads -> [weightings].
torch::Tensor centred_pr_eigen(const Moments& moments, const torch::Tensor& weights);

/// The weighting that counts every sequence once: [1, sequences].
torch::Tensor equal_weights(long sequences);

}  // namespace rc
