// Words, lines and columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rc {

/// The words of a text; spaces, tabs, line ends and commas part them.
std::vector<std::string> split_list(std::string_view text);

/// Of `known`, the one with the fewest insertions, deletions and replacements from `word`
/// (Levenshtein); "" if `known` is empty.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// `text` where it is UTF-8; otherwise with \xNN for every byte that is none, so that JSON and people
/// can take it.
std::string printable(std::string_view text);

/// Columns a UTF-8 text takes, one a code point.
std::size_t columns(std::string_view utf8);

/// The first `most` columns of a text.
std::string clip(std::string_view utf8, std::size_t most);

/// `lead` followed by `body`, broken at spaces to lines of at most `width` columns; lines after the
/// first start with `indent` spaces. A word longer than a line is left whole.
std::string wrap(std::string lead, std::string_view body, std::size_t indent,
                 std::size_t width = 80);

}  // namespace rc
