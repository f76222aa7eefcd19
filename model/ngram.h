// What a model reaches that looks at nothing (unigram) or at one token (bigram): floors for any
// loss.
#pragma once

#include "model/batches.h"

namespace rc {

/// Mean negative log-likelihood in nats a token under counts of a training text.
struct NgramLoss {
  double unigram = 0;  // add-one smoothing
  double bigram = 0;   // interpolated with the unigram, Witten & Bell 1991
};

/// Of the labels of `windows`, each behind its id. Pairs are counted within blocks. Ids lie in
/// [0, vocabulary).
NgramLoss ngram_loss(const Text& train, const Batch& windows, long vocabulary);

}  // namespace rc
