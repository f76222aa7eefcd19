// What correlation.json says of one set of gains: matrices, nulls and numbers.
#pragma once

#include <nlohmann/json.hpp>

#include "pipeline/statistics/numbers.h"
#include "stages/correlate/correlation.h"

namespace rc {

/// "cosine", "pearson", "spearman" [L][L], "by_distance", and "constant_layers" with which no
/// correlation is defined: null stands in their rows and columns.
nlohmann::json agreement_matrices(const Rows& gains, const NullSettings& settings);

/// correlate.* over the layers 1, ..., L-2 whose gains are not constant; the cosine over all of
/// these. What is undefined (fewer than two such layers; rotary pairs of which nothing is known) is
/// left out.
///   .null_99  of dimensions permuted within each layer; of rotary pairs: turned by a random
///             offset, because neighbours in frequency are alike in every layer
///   .p        one-sided, under that null
Numbers agreement_numbers(const ModelGains& model, const NullSettings& settings);

}  // namespace rc
