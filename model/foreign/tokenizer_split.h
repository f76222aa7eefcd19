// Cutting words where an expression matches.
#pragma once

#include "model/foreign/tokenizer_pre_tokenizers.h"

namespace rc::tokenizer {

/// What becomes of a match: dropped, a word of its own, or part of the word before or behind it;
/// under kContiguous matches that touch are one word.
enum class Behavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

struct Splitter {
  Regex regex;
  Behavior behavior = Behavior::kIsolated;
  bool invert = false;  // what lies between matches is treated as a match

  static Splitter of(const Component& component);  // pre-tokenizer Split
  void cut(Words& words) const;
};

/// The pieces of a text of `size` bytes, given the matches in it; some may be empty.
std::vector<Span> split_at(const std::vector<Span>& matches, std::size_t size, Behavior behavior,
                           bool invert);

}  // namespace rc::tokenizer
