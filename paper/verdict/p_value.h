// One-sided p-values of a rule's inequality, read off the intervals that numbers carry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"

namespace rc {

/// The chance of a value at least so far on the claim's side if the truth lay on the limit itself.
/// Nothing where no sampling distribution is known.
using Probability = std::optional<double>;

/// How a number would scatter if it were measured again.
struct Sampling {
  double error;    // standard error: half the interval's width over its critical value
  double degrees;  // of freedom of Student's distribution; infinite for the normal one
};

/// Student's with n - 1 degrees for "t over seeds", normal for "bootstrap over sequences". Any
/// other band, one that calls its sequences too few and one without width say nothing of the kind.
std::optional<Sampling> sampling_of(const Number& number);

/// Of "the number is below `limit`", and of "above".
Probability p_below(const Numbers& numbers, const std::string& name, double limit);
Probability p_above(const Numbers& numbers, const std::string& name, double limit);

/// Of "`name` is below `factor` times `other`", as if the two were independent. Both are measured
/// on the same sequences and rise and fall together, so that the true p is the smaller one.
Probability p_below_multiple(const Numbers& numbers, const std::string& name, double factor,
                             const std::string& other);

/// A p-value that a stage found by permutation. Over seeds twice its mean, which is a p-value under
/// any dependence (Vovk & Wang 2020).
Probability p_of_permutation(const Numbers& numbers, const std::string& name);

/// Of "all of them hold": the largest (an intersection-union test, Berger 1982). Nothing if one is
/// not known.
Probability p_of_all(const std::vector<Probability>& parts);

}  // namespace rc
