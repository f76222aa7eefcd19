// tokenizer.model, as SentencePiece (Kudo & Richardson 2018) writes it.
#pragma once

#include <filesystem>
#include <memory>

#include "model/foreign/tokenizer.h"

namespace rc::tokenizer {

/// A tokenizer of that file. Its prefix is the model's <bos>, unless a tokenizer_config.json beside
/// it says "add_bos_token": false. Tokens that other files add are not looked for.
std::unique_ptr<ForeignTokenizer> load_sentencepiece(const std::filesystem::path& file);

}  // namespace rc::tokenizer
