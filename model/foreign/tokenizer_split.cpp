#include "model/foreign/tokenizer_split.h"

#include <algorithm>
#include <cctype>

namespace rc::tokenizer {
namespace {

struct Piece {
  Span span;
  bool match = false;
};

/// The whole text, match or not, from left to right.
std::vector<Piece> cover(const std::vector<Span>& matches, std::size_t size, bool invert) {
  std::vector<Piece> pieces;
  std::size_t done = 0;
  for (const Span match : matches) {
    if (match.begin > done) pieces.push_back({{done, match.begin}, invert});
    pieces.push_back({match, !invert});
    done = match.end;
  }
  if (done < size) pieces.push_back({{done, size}, invert});
  return pieces;
}

Behavior behavior_of(const Component& component) {
  static const std::map<std::string, Behavior> kBehaviors = {
      {"contiguous", Behavior::kContiguous},
      {"isolated", Behavior::kIsolated},
      {"mergedwithnext", Behavior::kMergedWithNext},
      {"mergedwithprevious", Behavior::kMergedWithPrevious},
      {"removed", Behavior::kRemoved},
  };
  std::string name = component.text("behavior");
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = kBehaviors.find(name);
  if (found == kBehaviors.end())
    component.refuse("behavior " + shown(component.text("behavior")) + " is not read here");
  return found->second;
}

}  // namespace

Splitter Splitter::of(const Component& component) {
  return {Regex::of(component), behavior_of(component), component.flag("invert", false)};
}

/// As in Hugging Face's NormalizedString::split.
std::vector<Span> split_at(const std::vector<Span>& matches, std::size_t size, Behavior behavior,
                           bool invert) {
  std::vector<Piece> pieces = cover(matches, size, invert);
  std::vector<Span> kept;
  if (behavior == Behavior::kMergedWithNext) std::ranges::reverse(pieces);
  bool match_before = false;
  for (const auto& [span, match] : pieces) {
    const bool joins =
        behavior == Behavior::kContiguous ? match == match_before
        : behavior == Behavior::kMergedWithPrevious || behavior == Behavior::kMergedWithNext
            ? match && !match_before
            : false;
    match_before = match;
    if (behavior == Behavior::kRemoved && match) continue;
    if (joins && !kept.empty())
      kept.back() = {std::min(kept.back().begin, span.begin), std::max(kept.back().end, span.end)};
    else
      kept.push_back(span);
  }
  if (behavior == Behavior::kMergedWithNext) std::ranges::reverse(kept);
  return kept;
}

void Splitter::cut(Words& words) const {
  std::vector<Span> spans;
  for (const Span word : words.spans) {
    const auto text = std::string_view(words.text).substr(word.begin, word.end - word.begin);
    for (const Span piece : split_at(regex.matches(text), text.size(), behavior, invert))
      if (piece.end > piece.begin)
        spans.push_back({word.begin + piece.begin, word.begin + piece.end});
  }
  words.spans = std::move(spans);
}

}  // namespace rc::tokenizer
