#include "model/foreign/tokenizer_sentencepiece.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <exception>
#include <optional>
#include <string>

#include "model/foreign/tokenizer_json.h"
#include "model/foreign/tokenizer_text.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc::tokenizer {
namespace {

namespace fs = std::filesystem;

/// What the library has against what `call` asks of it, if anything. What its status does not cover
/// it throws: an empty piece, out of the trie it builds.
template <typename Call>
std::optional<std::string> complaint(const Call& call) {
  try {
    const sentencepiece::util::Status status = call();
    if (status.ok()) return {};
    return status.message();
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
}

class SentencePiece : public ForeignTokenizer {
 public:
  explicit SentencePiece(const fs::path& file) : file_(file) {
    if (const auto why =
            complaint([&] { return processor_.LoadFromSerializedProto(read_text(file)); }))
      throw UserError(
          fmt::format("{} is no SentencePiece model ({}); fetch it again", file.string(), *why));
    const auto config = file.parent_path() / "tokenizer_config.json";
    if (!fs::exists(config)) return;
    const auto json = read_tokenizer_json(config);
    adds_bos_ = Component(json, config.string()).flag("add_bos_token", true);
  }

  Ids encode(std::string_view text) const override {
    check_text(text);
    std::vector<int> ids;
    if (const auto why = complaint(
            [&] { return processor_.Encode(absl::string_view(text.data(), text.size()), &ids); }))
      throw UserError(fmt::format("{} cannot encode the text: {}", file_.string(), *why));
    return {ids.begin(), ids.end()};
  }

  Ids prefix() const override {
    return adds_bos_ && processor_.bos_id() >= 0 ? Ids{processor_.bos_id()} : Ids{};
  }

  std::int32_t vocabulary() const override { return processor_.GetPieceSize(); }

 private:
  fs::path file_;
  sentencepiece::SentencePieceProcessor processor_;
  bool adds_bos_ = true;
};

}  // namespace

std::unique_ptr<ForeignTokenizer> load_sentencepiece(const fs::path& file) {
  return std::make_unique<SentencePiece>(file);
}

}  // namespace rc::tokenizer
