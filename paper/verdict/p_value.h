// One-sided p-values of a rule's inequalities: from tests over seeds, or from a stage's
// permutation.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "paper/verdict/quantity.h"

namespace rc {

/// The chance of a value at least so far on the claim's side if the truth lay on the limit itself.
/// Nothing where too few seeds say how it scatters.
using Probability = std::optional<double>;

/// Fewer seeds give no p-value, and their verdict carries a star (paper/claims.md, Statistics 1).
inline constexpr int kEnoughSeeds = 3;

/// Of "below `limit`", and of "above": Student's over the seeds, n - 1 degrees. Nothing where all
/// seeds agree to the last bit.
Probability p_below(const Quantity& quantity, double limit);
Probability p_above(const Quantity& quantity, double limit);

/// A p-value that a stage found by permutation, with enough seeds. The mean over seeds is doubled,
/// which is a p-value under any dependence (Vovk & Wang 2020); one found over all seeds at once has
/// no parts and stays as it is.
Probability p_of_permutation(const Numbers& numbers, const std::string& name);

/// Of "all of them hold": the largest (an intersection-union test, Berger 1982). Nothing if one is
/// not known.
Probability p_of_all(const std::vector<Probability>& parts);

/// Of "one of them holds": the smallest times how many there are (Bonferroni).
Probability p_of_any(const std::vector<Probability>& parts);

}  // namespace rc
