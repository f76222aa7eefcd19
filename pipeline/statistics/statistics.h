// Free functions over spans; every one is pinned by a hand-computed test. Where a NaN is among the
// values the result is NaN (of ranks and p-values: all of them), and numbers.h refuses to write it.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

double mean(std::span<const double> x);
double median(std::span<const double> x);
/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996).
double quantile(std::span<const double> x, double q);
/// Sample standard deviation, n - 1 in the denominator; 0 for n < 2.
double standard_deviation(std::span<const double> x);
/// Standard deviation (n in the denominator) over mean.
double coefficient_of_variation(std::span<const double> x);

/// All values equal: no correlation with anything is defined.
bool is_constant(std::span<const double> x);
/// 0 where one of them is zero.
double cosine(std::span<const double> x, std::span<const double> y);
double pearson(std::span<const double> x, std::span<const double> y);
/// Pearson correlation of mid-ranks (ties share their mean rank).
double spearman(std::span<const double> x, std::span<const double> y);
/// Spearman correlation of x and y with z partialled out of both,
/// (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)); NaN where z alone orders x or y.
double partial_spearman(std::span<const double> x, std::span<const double> y,
                        std::span<const double> z);
std::vector<double> mid_ranks(std::span<const double> x);

/// Two-sided Student interval of the mean, n >= 2. Its method is kOverSeeds; who gives it one value
/// a sequence says kOverSequences.
Interval t_interval(std::span<const double> x, double level = 0.95);

/// Percentile bootstrap: `statistic` of `draws` resamples (indices into 0..units-1, with
/// replacement).
Interval bootstrap(std::size_t units, int draws, std::uint64_t seed,
                   const std::function<double(std::span<const std::size_t>)>& statistic,
                   double level = 0.95);

/// (1 + #{null >= observed}) / (1 + draws), the p-value that can never be zero
/// (Phipson & Smyth 2010). What lies within 1e-9 of the largest value is a tie and counts.
double permutation_p(double observed, std::span<const double> null);

/// P-values after Holm's step-down correction for testing them all (Holm 1979), in the order given:
/// the i-th smallest of m becomes the largest of (m - j + 1) p_j over the j <= i smallest, at most
/// 1.
std::vector<double> holm(std::span<const double> p);

/// A generator whose stream depends on the seed and a label, so that stages do not share draws.
std::mt19937_64 generator(std::uint64_t seed, std::string_view label);

}  // namespace rc
