// Which token has which id, and which two tokens merge to which.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "model/foreign/tokenizer_json.h"

namespace rc::tokenizer {

/// Finds texts in a map of strings without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

class Vocabulary {
 public:
  /// A model's "vocab". UserError for ids out of range, and for one that two tokens have.
  explicit Vocabulary(const Component& model);

  std::optional<std::int32_t> find(std::string_view token) const;
  std::int32_t largest_id() const { return largest_; }

 private:
  std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>> ids_;
  std::int32_t largest_ = -1;
};

struct Merge {
  std::uint32_t rank = 0;  // place in the list: the lowest goes first
  std::int32_t id = 0;     // of what the two become
};

class Merges {
 public:
  /// A model's "merges", each "a b" or ["a", "b"]; of two for one pair the last counts, as it does
  /// in Hugging Face's library. UserError for one whose parts or whole are not in the vocabulary.
  Merges(const Component& model, const Vocabulary& vocabulary);

  /// nullptr if these two do not merge.
  const Merge* find(std::int32_t left, std::int32_t right) const;

 private:
  struct PairHash {
    std::size_t operator()(std::uint64_t pair) const;
  };
  std::unordered_map<std::uint64_t, Merge, PairHash> merges_;
};

}  // namespace rc::tokenizer
