#include "model/ngram.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <vector>

namespace rc {
namespace {

std::uint64_t pair_key(std::int64_t first, std::int64_t second) {
  return static_cast<std::uint64_t>(first) << 32 | static_cast<std::uint64_t>(second);
}

/// How often each token stands in a text, and each behind each other one.
struct Counts {
  Counts(const Text& text, long vocabulary)
      : count(vocabulary, 0), followed(vocabulary, 0), kinds(vocabulary, 0) {
    pairs.reserve(static_cast<std::size_t>(text.ids.size(0)) / 4);
    const auto* ids = text.ids.data_ptr<std::int32_t>();
    for (std::size_t b = 0; b < text.blocks.size(); ++b) {
      const auto [first, size] = text.block(b);
      for (auto i = first; i < first + size; ++i) {
        ++count[ids[i]];
        if (i == first) continue;
        const auto before = ids[i - 1];
        ++followed[before];
        if (++pairs[pair_key(before, ids[i])] == 1) ++kinds[before];
      }
    }
    total = static_cast<double>(text.ids.size(0) + vocabulary);
  }
  double unigram(std::int64_t token) const { return (count[token] + 1) / total; }
  /// Witten-Bell: as many pseudo-counts for the unigram as kinds of token were seen to follow.
  double bigram(std::int64_t before, std::int64_t token) const {
    const auto seen = pairs.find(pair_key(before, token));
    const double pair = seen == pairs.end() ? 0 : seen->second;
    const double pseudo = std::max(1.0, kinds[before]);
    return (pair + pseudo * unigram(token)) / (followed[before] + pseudo);
  }

  std::vector<double> count, followed, kinds;  // kinds: different tokens seen to follow
  std::unordered_map<std::uint64_t, double> pairs;
  double total;
};

}  // namespace

NgramLoss ngram_loss(const Text& train, const Batch& windows, long vocabulary) {
  const Counts counts(train, vocabulary);
  const auto ids = windows.ids.contiguous(), labels = windows.labels.contiguous();
  const auto *before = ids.data_ptr<std::int64_t>(), *token = labels.data_ptr<std::int64_t>();
  NgramLoss loss;
  for (std::int64_t i = 0; i < ids.numel(); ++i) {
    loss.unigram -= std::log(counts.unigram(token[i]));
    loss.bigram -= std::log(counts.bigram(before[i], token[i]));
  }
  const auto n = static_cast<double>(ids.numel());
  return {loss.unigram / n, loss.bigram / n};
}

}  // namespace rc
