// Matches of a regular expression in UTF-8 text, by PCRE2.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/foreign/tokenizer_json.h"

namespace rc::tokenizer {

/// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

class Regex {
 public:
  /// UserError for an expression that is not read (tokenizer_pattern.h) or malformed.
  static Regex oniguruma(std::string_view expression);
  static Regex literal(std::string_view text);

  /// A component's "pattern": {"Regex": ...} or {"String": ...}.
  static Regex of(const Component& owner);

  /// Matches from left to right, none overlapping. An empty match counts, unless it stands right
  /// behind the one before. `text` is well-formed UTF-8. UserError for an expression that takes too
  /// many steps or too much memory.
  std::vector<Span> matches(std::string_view text) const;

 private:
  struct Code;
  Regex(std::string_view pcre2, bool literal);
  std::shared_ptr<const Code> code_;  // shared by copies: it does not change
};

}  // namespace rc::tokenizer
