// Numbers that no stage gives: what follows from one of its files, and what takes two seeds.
// across_arms.h has those that take two arms.
#pragma once

#include <vector>

#include "paper/collect/merge.h"

namespace rc {

/// Adds to each result what follows from it alone:
///   train        model.* (widths and counts), floor.* (as train names them), sequences.loss (how
///                many the loss is taken over)      main arm only
///   rank         ghost.fraction.gaussian = 1 - PR of the Gaussian null / d_k
///   correlation  gains.ratio.layer_mid = largest gain / smallest, where that is above 0
/// These go through merge() like a stage's own numbers.
void derive_in_results(std::vector<StageResult>& results);

/// Adds gains.seeds_spearman = Spearman correlation of the final key gains of two seeds, mean over
/// layers and pairs of seeds; only with two seeds or more.
void derive_over_seeds(Numbers& numbers, const std::vector<StageResult>& results);

/// Numbers of the corpus, those that `tokens` has: corpus.{bytes,used_bytes,train_tokens,...}.
Numbers corpus_numbers(const nlohmann::json& tokens);

}  // namespace rc
