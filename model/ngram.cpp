#include "model/ngram.h"

#include <cmath>
#include <unordered_map>
#include <vector>

namespace rc {
namespace {

std::uint64_t pair_key(std::int32_t first, std::int32_t second) {
  return static_cast<std::uint64_t>(first) << 32 | static_cast<std::uint32_t>(second);
}

}  // namespace

NgramLoss ngram_loss(std::span<const std::int32_t> train, std::span<const std::int32_t> validation,
                     long vocabulary) {
  std::vector<double> count(vocabulary, 0), followed(vocabulary, 0), kinds(vocabulary, 0);
  std::unordered_map<std::uint64_t, double> pairs;
  pairs.reserve(train.size() / 4);
  for (std::size_t i = 0; i < train.size(); ++i) {
    ++count[train[i]];
    if (i == 0) continue;
    const auto before = train[i - 1];
    ++followed[before];
    if (++pairs[pair_key(before, train[i])] == 1) ++kinds[before];
  }
  const double total = static_cast<double>(train.size() + vocabulary);
  NgramLoss loss;
  for (std::size_t i = 1; i < validation.size(); ++i) {
    const auto before = validation[i - 1], token = validation[i];
    const double unigram = (count[token] + 1) / total;
    const auto seen = pairs.find(pair_key(before, token));
    const double pair = seen == pairs.end() ? 0 : seen->second;
    // Witten-Bell: as many pseudo-counts for the unigram as kinds of token were seen to follow.
    const double pseudo = std::max(1.0, kinds[before]);
    const double bigram = (pair + pseudo * unigram) / (followed[before] + pseudo);
    loss.unigram -= std::log(unigram);
    loss.bigram -= std::log(bigram);
  }
  const double n = static_cast<double>(validation.size() - 1);
  return {loss.unigram / n, loss.bigram / n};
}

}  // namespace rc
