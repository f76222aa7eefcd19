// Agreement of the layers' gain vectors, and what chance alone would give.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "stages/correlate/gains.h"

namespace rc {

/// Design goal: every coefficient is an inner product of prepared rows, so that one null serves
/// all. Rows of length 1 (for the cosine); a row of zeros stays.
Rows unit_rows(const Rows& rows);
/// Mean taken off, then length 1 (for Pearson); a constant row becomes zeros.
Rows centred_unit_rows(const Rows& rows);
/// The same of mid-ranks (for Spearman).
Rows ranked_unit_rows(const Rows& rows);

/// All numbers 0: no cosine with anything is defined.
bool is_zero(std::span<const double> row);
/// Those of `layers` whose row is not constant.
std::vector<std::size_t> varying(const Rows& rows, const std::vector<std::size_t>& layers);
/// The layers compared: 1, ..., L-2, without the first and the last.
std::vector<std::size_t> inner_layers(std::size_t layers);
/// The rows of some layers; none of nothing.
template <typename Row>
std::vector<Row> choose(const std::vector<Row>& rows, const std::vector<std::size_t>& layers) {
  std::vector<Row> chosen;
  if (!rows.empty())
    for (const auto layer : layers) chosen.push_back(rows[layer]);
  return chosen;
}

/// Inner products of all pairs [L][L].
Rows products(const Rows& rows);
/// Mean, and least, over the pairs i < j of a symmetric matrix with at least two rows.
double pair_mean(const Rows& matrix);
double pair_least(const Rows& matrix);
/// Mean over the pairs with j - i = 1, ..., L-1.
std::vector<double> mean_by_distance(const Rows& matrix);

/// How the numbers of one layer are shuffled, independently of the other layers.
enum class Shuffle {
  kPermutation,    // any order: the dimensions are exchangeable
  kCircularShift,  // turned by a random offset: neighbours stay neighbours
};
void shuffle_row(std::vector<double>& row, Shuffle kind, std::mt19937_64& random);

/// Agreement of shuffled rows, draw by draw.
struct NullDraws {
  std::vector<double> mean;  // [draws], pair_mean
  Rows by_distance;          // [L-1][draws]
};
NullDraws null_draws(const Rows& rows, Shuffle kind, long draws, std::uint64_t seed);

/// The cosine that rows have on average when their numbers are permuted: 1 / (1 + cv^2) if all have
/// one coefficient of variation cv, else the pairs' mean of 1 / sqrt((1 + cv_i^2)(1 + cv_j^2)).
double cosine_from_cv(const Rows& rows);

/// 1 at the `top` largest dimensions of a row, 0 elsewhere; ties go to the lower dimension. The
/// inner product is how many of them two layers share; chance gives top^2 / d (hypergeometric).
Rows top_rows(const Rows& rows, std::size_t top);

/// Rotary pairs: dimensions 2i, 2i+1, or i, i + d/2 as in Hugging Face's models.
enum class Pairing { kInterleaved, kHalves };
/// Mean of the two members, [L][d/2]: what the pair's frequency gets.
Rows pair_levels(const Rows& rows, Pairing pairing);
/// First member minus second, [L][d/2]: what the index gets beyond its frequency.
Rows pair_differences(const Rows& rows, Pairing pairing);
/// Root mean square of the two members, [L][d/2]: what the pair lends to a logit.
Rows pair_sizes(const Rows& rows, Pairing pairing);
/// What rotary pairs have [L][d/2], fastest first. Layers that lost pairs are compared by rank:
/// their i-th fastest, whichever frequency that is.
Rows by_frequency(const Rows& pairs, const RotarySteps& steps);

/// How nulls are drawn.
struct NullSettings {
  long draws = 1000;
  std::uint64_t seed = 0;
  Pairing pairing = Pairing::kInterleaved;
};

}  // namespace rc
