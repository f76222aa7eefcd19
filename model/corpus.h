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

/// `count` equal parts of the text, and of each the front, so that they have at most `limit` bytes
/// together; cut at line ends. Parts without a line end are left out.
std::vector<std::string_view> stretches(std::string_view text, std::size_t limit,
                                        std::size_t count);

/// The last `percent` % of each stretch is kept for validation, cut at line ends. Every view is a
/// block: text that runs on without a break, none of it empty.
struct Split {
  std::vector<std::string_view> train;
  std::vector<std::string_view> validation;
};
Split split_validation(const std::vector<std::string_view>& stretches, double percent);

/// All of `parts`, one after the other.
std::string joined(const std::vector<std::string_view>& parts);

/// Each byte that belongs to no well-formed UTF-8 sequence becomes U+FFFD; their count is added to
/// `replaced`.
std::string repair_utf8(std::string_view bytes, std::size_t& replaced);

}  // namespace rc
