// From somebody's text to the sequences an audit measures on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rc {

using Ids = std::vector<std::int32_t>;

/// A text as ids: pieces that have nothing to do with each other, and what the model expects before
/// a text.
struct EncodedText {
  std::vector<Ids> pieces;
  Ids prefix;
};

/// Text files through the checkpoint's own tokenizer (program encode-text, which stands beside this
/// one), at most 4 MB from all over them. UserError as the tokenizer says it.
EncodedText encode_files(const std::filesystem::path& checkpoint,
                         const std::vector<std::filesystem::path>& texts);

/// Ids in JSON: [1, 2, ...], [[1, 2], [3, 4], ...], or either of them under "input_ids". They stand
/// as they are: no prefix is put before them. UserError names what is no id.
EncodedText read_ids(const std::filesystem::path& file);

/// Sequences of context + 1 tokens, the last of them a label only; each begins with the prefix.
struct TextSequences {
  std::vector<Ids> train;       // to calibrate on
  std::vector<Ids> validation;  // to measure on
};

inline constexpr long kMostCalibration = 8;
inline constexpr long kMostMeasured = 64;
inline constexpr long kFewestMeasured = 4;

/// Spread evenly over the text; where it holds fewer than both most, one in nine calibrates, two at
/// least. UserError if there are fewer than kFewestMeasured + 2.
TextSequences lay_out(const EncodedText& text, long context);

/// Writes them as load_tokens (model/batches.h) reads a text, each a block. UserError for an id
/// that the vocabulary does not have; nothing is written then.
void write_sequences(const std::filesystem::path& file, const TextSequences& sequences,
                     long vocabulary);

}  // namespace rc
