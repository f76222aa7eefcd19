// What the luck of the sequences makes uncertain within one run: numbers with intervals over them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kernels/torch.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// The values of a tensor, in float64.
std::vector<double> to_vector(const torch::Tensor& x);

/// Mean of one value a sequence, with Student's 95 % interval; two sequences or more.
Number mean_number(const torch::Tensor& sequences, std::string unit);

// Statistics of pooled sequences, which are no mean of one value a sequence.

/// Weights of the sequences: all alike in row 0, in row 1 + s all alike but for sequence s, which
/// is left out. [1 + sequences, sequences] float64, every row sums to 1; two sequences or more.
torch::Tensor leave_one_out_weights(long sequences);

/// `values` of the statistic under those weights -> that of all sequences, about which stands
/// Student's 95 % interval with n - 1 degrees of the jackknife's standard error,
/// ((n - 1)/n sum_s (v_s - mean v)^2)^(1/2) (Tukey 1958). Of a mean over sequences that is the
/// usual t interval.
Number jackknife_number(std::span<const double> values, std::string unit);

}  // namespace rc
