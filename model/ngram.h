// What a model reaches that looks at nothing (unigram) or at one token (bigram): floors for any
// loss.
#pragma once

#include <cstdint>
#include <span>

namespace rc {

/// Mean negative log-likelihood in nats a token of `validation` under counts of `train`.
struct NgramLoss {
  double unigram = 0;  // add-one smoothing
  double bigram = 0;   // interpolated with the unigram, Witten & Bell 1991
};

/// Ids lie in [0, vocabulary).
NgramLoss ngram_loss(std::span<const std::int32_t> train, std::span<const std::int32_t> validation,
                     long vocabulary);

}  // namespace rc
