// Tokenizers of other people's models: from text to the ids that such a model was trained on.
//
// Links SentencePiece, and so never stands in one process with LibTorch (model/CMakeLists.txt): a
// stage runs the program encode-text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace rc {

/// Does not change: threads may share one.
class ForeignTokenizer {
 public:
  using Ids = std::vector<std::int32_t>;
  virtual ~ForeignTokenizer() = default;

  /// Ids of a text as a whole, without those a model expects around it. A cut of the text can
  /// change ids beside it. UserError where the text is no UTF-8 or too long.
  virtual Ids encode(std::string_view text) const = 0;

  /// What the model expects before a text: the id of its <bos>, or nothing.
  virtual Ids prefix() const = 0;

  /// One more than the largest id; a model may have more rows.
  virtual std::int32_t vocabulary() const = 0;
};

/// The tokenizer of a checkpoint as Hugging Face lays one out: tokenizer.json, or where there is
/// none SentencePiece's tokenizer.model. `path` is the folder or one of these files. UserError for
/// what is missing, damaged, or holds a component that is not read.
std::unique_ptr<ForeignTokenizer> load_foreign_tokenizer(const std::filesystem::path& path);

}  // namespace rc
