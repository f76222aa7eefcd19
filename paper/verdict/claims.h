// The rows of paper/claims.md, a file a subject. Adding a claim: add a row here, and a paragraph to
// the document that speaks of it; the audit lists it by itself.
#pragma once

#include <string>
#include <vector>

#include "paper/verdict/verdict.h"
#include "pipeline/statistics/arm_names.h"

namespace rc {

std::vector<Claim> dimension_claims();  // A1 to A5: how many dimensions are in use
std::vector<Claim> attention_claims();  // A6 to A9: what follows for attention and training
std::vector<Claim> surgery_claims();    // B1, B2, B3, C1, C7: what can be cut out
std::vector<Claim> layer_claims();      // B4 to B7: agreement of layers, speed, virtual width
std::vector<Claim> cause_claims();      // C2 to C6: where idle dimensions come from

/// What a rise is held against: the learned benefit (loss without attention, trained so, less the
/// loss) where arm no_attention ran, else the uniform one (loss with all keys zeroed less the
/// loss).
struct Yardstick {
  std::string benefit;   // the number's name
  std::string mark;      // in names of what is held against it: "_learned", or nothing
  std::string sentence;  // that says so
};
Yardstick yardstick(const Numbers& numbers);

/// The rise at `percent` in this order of surgery, as a share of the yardstick.
Quantity share(const Numbers& numbers, const std::string& order, const std::string& percent);

}  // namespace rc
