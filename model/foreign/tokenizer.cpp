#include "model/foreign/tokenizer.h"

#include <fmt/format.h>

#include "model/foreign/tokenizer_huggingface.h"
#include "model/foreign/tokenizer_sentencepiece.h"
#include "pipeline/error.h"

namespace rc {

namespace fs = std::filesystem;

std::unique_ptr<ForeignTokenizer> load_foreign_tokenizer(const fs::path& path) {
  const bool folder = fs::is_directory(path);
  const fs::path json = folder ? path / "tokenizer.json" : path;
  const fs::path model = folder ? path / "tokenizer.model" : path;
  if (json.extension() == ".json" && fs::exists(json)) return tokenizer::load_huggingface(json);
  if (model.extension() == ".model" && fs::exists(model))
    return tokenizer::load_sentencepiece(model);
  throw UserError(
      fmt::format("no tokenizer at {}; a folder with tokenizer.json or tokenizer.model, or "
                  "one of these files, is expected",
                  path.string()));
}

}  // namespace rc
