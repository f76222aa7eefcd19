// tokenizer.json, as Hugging Face's library `tokenizers` writes it.
#pragma once

#include <filesystem>
#include <memory>

#include "model/foreign/tokenizer.h"

namespace rc::tokenizer {

/// A tokenizer of that file: added tokens, normalizer, pre-tokenizer, BPE, and of the
/// post-processor what stands before a text. "truncation", "padding" and the decoder are not looked
/// at.
std::unique_ptr<ForeignTokenizer> load_huggingface(const std::filesystem::path& file);

}  // namespace rc::tokenizer
