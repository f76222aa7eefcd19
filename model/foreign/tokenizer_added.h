// Added tokens of tokenizer.json: found in a text before anything is merged.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/foreign/tokenizer_json.h"
#include "model/foreign/tokenizer_regex.h"

namespace rc::tokenizer {

struct AddedToken {
  std::string content;
  std::int32_t id = 0;
  bool single_word = false;  // only where no word goes on before or behind it
  bool lstrip = false;       // takes the white space before it along
  bool rstrip = false;       // and behind it
  bool normalized = false;   // looked for in the normalized text, and normalized itself
};

/// The file's "added_tokens". UserError for one that is empty or longer than 1024 bytes, and for
/// two of one id or one content.
std::vector<AddedToken> read_added_tokens(const Component& file);

/// Finds tokens in a text: from left to right, of several at one place the longest.
class AddedTokens {
 public:
  /// UserError for more text than any tokenizer adds.
  explicit AddedTokens(std::vector<AddedToken> tokens);

  /// A stretch of a text; `id` is kText where it is not a token.
  struct Piece {
    Span span;
    std::int32_t id = kText;
  };
  static constexpr std::int32_t kText = -1;

  /// The pieces of the text; white space that a token takes along is part of it.
  std::vector<Piece> split(std::string_view text) const;

 private:
  struct Match {
    Span span;
    const AddedToken* token = nullptr;
  };
  Match match_at(std::string_view text, std::size_t begin) const;
  std::int32_t child(std::int32_t node, unsigned char byte) const;

  // A trie over bytes. Most places of a text leave it at the root, so that has a table.
  std::vector<AddedToken> tokens_;
  std::array<std::int32_t, 256> root_{};
  std::unordered_map<std::uint64_t, std::int32_t> children_;  // (node, byte) -> node
  std::vector<std::int32_t> token_of_;                        // of a node; -1: none ends there
};

}  // namespace rc::tokenizer
