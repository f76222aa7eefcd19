// Do gains stand for rotary frequencies (claim C3)?
#pragma once

#include <optional>

#include "stages/correlate/correlation.h"
#include "stages/correlate/gains.h"

namespace rc {

/// Tokens in which each rotary pair turns once, [layer][pair]: 2 pi base^(2 s / width) for a pair
/// of step s.
Rows wavelengths(const RotarySteps& pairs, const RotaryFrequencies& frequencies);

/// The same of a history: by its rope_angles where it has them.
Rows wavelengths(const GainHistory& history);

/// Spearman correlation of the final gains of a layer's pairs (pair_sizes) with their wavelengths,
/// mean over the layers 1, ..., L-2 whose pairs' gains differ; nothing where none do, or where
/// nothing is known of frequencies. Below 0: the
/// slow pairs fade.
std::optional<double> spearman_with_wavelength(const GainHistory& history, Pairing pairing);

}  // namespace rc
