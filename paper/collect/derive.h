// Numbers that no stage can know: they take two of its files, two arms or two seeds.
#pragma once

#include <vector>

#include "paper/collect/merge.h"

namespace rc {

/// Adds to each result what follows from it alone:
///   train        model.* (widths and counts), floor.{unigram,bigram}      main arm only
///   rank         ghost.fraction.gaussian = 1 - PR of the Gaussian null / d_k
///   correlation  gains.ratio.layer_mid = largest gain / smallest, where that is above 0
/// These go through merge() like a stage's own numbers.
void derive_in_results(std::vector<StageResult>& results);

/// Adds what takes several results:
///   loss_difference.<arm> = loss of the arm - loss of the main arm, paired by seed and validation
///     sequence; Student's interval over seeds, or with one seed a bootstrap over the sequences'
///     differences, whose method says so where there are too few of them. UserError names both
///     files where they do not hold the losses of the same sequences.
///   gains.seeds_spearman = Spearman correlation of the final key gains of two seeds, mean over
///     layers and pairs of seeds; only with two seeds or more
void derive_over_results(Numbers& numbers, const std::vector<StageResult>& results);

/// Numbers of the corpus from tokens.json: corpus.{bytes,used_bytes,train_tokens,...}.
Numbers corpus_numbers(const nlohmann::json& tokens);

}  // namespace rc
