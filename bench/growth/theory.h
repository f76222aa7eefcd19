// What a stage's time and memory should grow like, by operations and bytes counted at each point.
// The counts know no speeds and no constant costs: how they grow is held against a measurement.
#pragma once

#include <string_view>

#include "bench/growth/shape.h"

namespace rc {

/// Floating-point operations of a stage. With n tokens, L layers, d = d_model, h heads of width k,
/// S sequences of T tokens, F a forward pass (amdahl.h) with logits of every token:
///   train         a step: 3 F + Newton-Schulz of each matrix a x b, a <= b: 5 (4 a^2 b + 2 a^3)
///   ablate        F of its sequences; how often, nothing here changes
///   measure-rank  L n (26 k^2 + 12 k)    second moments (of two snapshots, a random projection
///                                        and five nulls, most also after RoPE), and the curve
///                 2 L h S T^2 (k + 5)    entropies
double counted_operations(std::string_view stage, const GrowthShape& shape);

/// Bytes of a stage at its peak, what programs and tokens take aside. With P parameters, V pieces,
/// M microbatches, two of them at work, n tokens a step:
///   train         4 P (3 + min(2, M))    weights, momentum, gradients: their sum, those at work
///                 8 n / M (16 L d + 2 V) what microbatches at work keep (of one: half)
///   ablate        8 P                    the model, and one that was cut
///                 4 S T d                what the layers below a third made of the sequences
///                 4 min(8, S) T V        logits of two pieces of four sequences
///   measure-rank  8 L n (2 + h) k        snapshots: queries, keys, those of a random projection
///                 96 n k                 nulls of four draws, of 8 bytes a number
double counted_bytes(std::string_view stage, const GrowthShape& shape);

}  // namespace rc
