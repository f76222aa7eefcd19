// Code points of UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace rc::tokenizer {

/// UserError unless `text` is well-formed UTF-8 of less than 2 GB.
void check_text(std::string_view text);

/// Bytes of the code point that begins at `at` in well-formed UTF-8; 1 at the end.
std::size_t length_at(std::string_view text, std::size_t at);

/// Bytes of white space (Unicode's property White_Space) that `text` begins or ends with.
std::size_t leading_space(std::string_view text);
std::size_t trailing_space(std::string_view text);

/// Whether `text` begins or ends with a character of words: letters, marks, decimal digits,
/// connecting punctuation and joiners (\w of Unicode's UTS 18).
bool begins_with_word(std::string_view text);
bool ends_with_word(std::string_view text);

/// UserError where a tokenizer makes a text longer than `most`.
void check_growth(std::size_t size, std::size_t most);

}  // namespace rc::tokenizer
