#include "model/foreign/tokenizer_huggingface.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "model/foreign/tokenizer_added.h"
#include "model/foreign/tokenizer_bpe.h"
#include "model/foreign/tokenizer_normalizers.h"
#include "model/foreign/tokenizer_post_processor.h"
#include "model/foreign/tokenizer_pre_tokenizers.h"
#include "model/foreign/tokenizer_text.h"
#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

/// NFKC makes 11 bytes of one at most, a space becomes 3, ByteLevel doubles: more is a hostile
/// file.
std::size_t most_bytes(std::size_t bytes) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  return std::min(kMost, 4096 + 64 * bytes);
}

Normalizer normalizer_of(const Component& file) {
  if (!file.has("normalizer")) return [](std::string&, std::size_t) {};
  return read_normalizer(file.at("normalizer"));
}

PreTokenizer pre_tokenizer_of(const Component& file) {
  if (!file.has("pre_tokenizer")) return [](Words&) {};
  return read_pre_tokenizer(file.at("pre_tokenizer"));
}

/// A token that the vocabulary has too must have one id.
void check_ids(const std::vector<AddedToken>& added, const Vocabulary& vocabulary,
               const Component& file) {
  for (const AddedToken& token : added)
    if (const auto id = vocabulary.find(token.content); id && *id != token.id)
      file.refuse(fmt::format("the added token {} has id {}, and {} in the vocabulary",
                              shown(token.content), token.id, *id));
}

class HuggingFace : public ForeignTokenizer {
 public:
  explicit HuggingFace(const Component& file)
      : bpe_(file.at("model")),
        normalize_(normalizer_of(file)),
        pre_tokenize_(pre_tokenizer_of(file)),
        prefix_(template_prefix(file)) {
    auto added = read_added_tokens(file);
    check_ids(added, bpe_.vocabulary(), file);
    largest_ = bpe_.vocabulary().largest_id();
    for (const auto& token : added) largest_ = std::max(largest_, token.id);
    for (const auto id : prefix_) largest_ = std::max(largest_, id);
    const auto raw = std::stable_partition(added.begin(), added.end(),
                                           [](const AddedToken& t) { return t.normalized; });
    in_text_ = AddedTokens({raw, added.end()});
    added.erase(raw, added.end());
    for (auto& token : added) normalize_(token.content, most_bytes(token.content.size()));
    in_normalized_ = AddedTokens(std::move(added));
  }

  Ids prefix() const override { return prefix_; }
  std::int32_t vocabulary() const override { return largest_ + 1; }

  Ids encode(std::string_view text) const override {
    check_text(text);
    Ids ids;
    BpeCache cache(bpe_);
    for (const auto& [span, id] : in_text_.split(text)) {
      if (id == AddedTokens::kText)
        encode_stretch(text.substr(span.begin, span.end - span.begin), span.begin == 0, cache, ids);
      else
        ids.push_back(id);
    }
    return ids;
  }

 private:
  /// Ids of a stretch between tokens that are looked for in the text as it is; `first`: it begins
  /// the text.
  void encode_stretch(std::string_view stretch, bool first, BpeCache& cache, Ids& ids) const {
    std::string text(stretch);
    const std::size_t most = most_bytes(text.size());
    normalize_(text, most);
    for (const auto& [span, id] : in_normalized_.split(text)) {
      if (id != AddedTokens::kText) {
        ids.push_back(id);
        continue;
      }
      Words words{.text = text.substr(span.begin, span.end - span.begin),
                  .spans = {{0, span.end - span.begin}},
                  .first = first && span.begin == 0,
                  .most = most};
      pre_tokenize_(words);
      for (const Span word : words.spans)
        cache.encode(std::string_view(words.text).substr(word.begin, word.end - word.begin), ids);
    }
  }

  Bpe bpe_;
  Normalizer normalize_;
  PreTokenizer pre_tokenize_;
  Ids prefix_;
  AddedTokens in_text_{{}}, in_normalized_{{}};
  std::int32_t largest_ = -1;
};

}  // namespace

std::unique_ptr<ForeignTokenizer> load_huggingface(const std::filesystem::path& file) {
  const auto json = read_tokenizer_json(file);
  return std::make_unique<HuggingFace>(Component(json, file.string()));
}

}  // namespace rc::tokenizer
