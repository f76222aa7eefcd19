// Byte-pair encoding by SentencePiece (Kudo & Richardson 2018).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rc {

/// Trains a BPE of `vocabulary` pieces on `text`, bytes as fallback, line ends as a piece of their
/// own, nothing normalised: decoding gives back the text. Returns the serialised model. UserError
/// if the text is too small for the vocabulary.
std::string train_bpe(std::string_view text, long vocabulary);

/// A text as ids, block behind block.
struct Encoded {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> blocks;  // first id of each
};

/// Ids of blocks of text under the serialised model, by `threads` threads; the result does not
/// depend on them.
Encoded encode(const std::string& model, const std::vector<std::string_view>& blocks, int threads);

std::string decode(const std::string& model, const std::vector<std::int32_t>& ids);

}  // namespace rc
