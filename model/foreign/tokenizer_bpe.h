// Byte-pair encoding (Sennrich et al. 2016) by a vocabulary and ranked merges.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/foreign/tokenizer_vocabulary.h"

namespace rc::tokenizer {

/// The component "model" of tokenizer.json.
class Bpe {
 public:
  /// UserError for a model that is no BPE, drops merges at random, marks the middle or end of
  /// words, or names a token that its vocabulary has not.
  explicit Bpe(const Component& model);

  const Vocabulary& vocabulary() const { return vocabulary_; }

  /// Appends the ids of a word. Its characters are the first symbols; of all neighbours that have a
  /// merge the pair of lowest rank, of these the leftmost, becomes one symbol, until none has. O(n
  /// log n).
  void encode(std::string_view word, std::vector<std::int32_t>& ids) const;

 private:
  using Ids = std::vector<std::int32_t>;
  struct Symbols;
  Ids characters(std::string_view word) const;
  void add_unknown(std::string_view character, Ids& ids) const;
  void merge(Ids& ids) const;

  Vocabulary vocabulary_;
  Merges merges_;
  std::optional<std::int32_t> unknown_;
  bool fuse_unknown_ = false;
  bool ignore_merges_ = false;  // a word that is a token is that token
  bool byte_fallback_ = false;
  std::vector<std::int32_t> bytes_;  // tokens <0x00> to <0xFF>, where byte_fallback
};

/// Ids of words, each computed once as long as there is room. Words come in few kinds.
class BpeCache {
 public:
  explicit BpeCache(const Bpe& bpe) : bpe_(bpe) {}
  void encode(std::string_view word, std::vector<std::int32_t>& ids);

 private:
  const Bpe& bpe_;
  std::unordered_map<std::string, std::vector<std::int32_t>, TextHash, std::equal_to<>> known_;
};

}  // namespace rc::tokenizer
