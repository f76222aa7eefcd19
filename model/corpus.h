// A plain text in, training and validation text out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rc {

/// A text of valid UTF-8.
struct Corpus {
  std::string text;
  std::string sha256;              // of the bytes as read, unzipped
  std::size_t bytes = 0;           // as read
  std::size_t replaced_bytes = 0;  // bytes that were no UTF-8 and became U+FFFD
};

/// Reads the files one after the other; those that end in .gz or .dz are unzipped.
/// UserError: missing, unreadable, empty, binary (NUL bytes, or over 5 % no UTF-8).
Corpus read_corpus(const std::vector<std::filesystem::path>& files);

/// At most `limit` bytes: `pieces` stretches from all over the text, cut at line ends.
std::string thin_out(const std::string& text, std::size_t limit, std::size_t pieces);

/// The last `percent` % of each of `blocks` equal stretches is kept for validation, cut at line
/// ends.
struct Split {
  std::vector<std::string_view> train;
  std::vector<std::string_view> validation;
};
Split split_validation(std::string_view text, double percent, std::size_t blocks);

/// Each byte that belongs to no well-formed UTF-8 sequence becomes U+FFFD; their count is added to
/// `replaced`.
std::string repair_utf8(std::string_view bytes, std::size_t& replaced);

}  // namespace rc
