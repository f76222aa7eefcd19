// The rows of paper/claims.md, a file a subject. Adding a claim: add a row here, and a paragraph to
// the document that speaks of it; the audit lists it by itself.
#pragma once

#include <string>
#include <vector>

#include "paper/verdict/verdict.h"

namespace rc {

std::vector<Claim> dimension_claims();  // A1 to A5: how many dimensions are in use
std::vector<Claim> attention_claims();  // A6 to A9: what follows for attention and training
std::vector<Claim> surgery_claims();    // B1, B2, B3, C1: what can be cut out
std::vector<Claim> layer_claims();      // B4 to B7: agreement of layers, speed, virtual width

/// The value of a number that must be there.
double value_of(const Numbers& numbers, const std::string& name);

/// The number compared with `limit`; a number the run lacks meets no clause.
Clause below(const Numbers& numbers, const std::string& name, double limit, std::string words);
Clause above(const Numbers& numbers, const std::string& name, double limit, std::string words);

/// The upper end of its interval under `limit`; a number without interval meets no clause.
Clause surely_below(const Numbers& numbers, const std::string& name, double limit,
                    std::string words);

/// All of them as one clause.
Clause both(const Clause& a, const Clause& b, std::string words);

}  // namespace rc
