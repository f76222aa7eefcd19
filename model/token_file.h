// The ids that tokenize wrote, as they lie in their file; without LibTorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace rc {

/// A text as ids, each below the file's vocabulary, and where its blocks begin: the first at 0,
/// none empty.
struct TokenText {
  std::vector<std::int32_t> ids;
  std::vector<std::int64_t> blocks;
};

struct TokenFile {
  TokenText train, validation;
  long vocabulary = 0;
};

/// A safetensors file of tensors train and validation [tokens] I32, train_blocks and
/// validation_blocks [blocks] I64, and of metadata "vocabulary". UserError says which is not so.
TokenFile read_token_file(const std::filesystem::path& file);

}  // namespace rc
