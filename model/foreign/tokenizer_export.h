// A SentencePiece BPE as the tokenizer.json that Hugging Face's libraries read.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace rc {

/// The tokenizer of `sentencepiece`, a model as train_bpe (model/tokenizer.h) makes them: the same
/// ids by vocabulary, merges and bytes as fallback. UserError if the file is no BPE model.
nlohmann::json tokenizer_json(const std::filesystem::path& sentencepiece);

}  // namespace rc
