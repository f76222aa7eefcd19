#include "model/foreign/tokenizer_bpe.h"

#include <fmt/format.h>

#include <queue>

#include "model/foreign/tokenizer_text.h"

namespace rc::tokenizer {
namespace {

constexpr std::size_t kLongestKnown = 256;   // bytes of a word that is kept
constexpr std::size_t kMostKnown = 1 << 18;  // words; then it starts anew

const Component& checked(const Component& model) {
  // Files from before "type" was written hold merges all the same.
  if (model.has("type") || !model.has("merges"))
    model.choose(std::map<std::string, int>{{"BPE", 0}});
  if (model.has("dropout") && model.value()["dropout"] != 0)
    model.refuse("\"dropout\" drops merges at random, which is not done here");
  for (const char* name : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.text(name, "").empty())
      model.refuse(
          fmt::format("\"{}\" is {}, which is not read here", name, shown(model.text(name))));
  return model;
}

/// Tokens <0x00> to <0xFF>.
std::vector<std::int32_t> byte_tokens(const Component& model, const Vocabulary& vocabulary) {
  std::vector<std::int32_t> ids;
  for (int byte = 0; byte < 256; ++byte) {
    const auto token = fmt::format("<0x{:02X}>", byte);
    const auto id = vocabulary.find(token);
    if (!id) model.refuse("\"byte_fallback\" needs the token " + token);
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace

Bpe::Bpe(const Component& model)
    : vocabulary_(checked(model)),
      merges_(model, vocabulary_),
      fuse_unknown_(model.flag("fuse_unk", false)),
      ignore_merges_(model.flag("ignore_merges", false)),
      byte_fallback_(model.flag("byte_fallback", false)) {
  if (byte_fallback_) bytes_ = byte_tokens(model, vocabulary_);
  if (!model.has("unk_token")) return;
  unknown_ = vocabulary_.find(model.text("unk_token"));
  if (!unknown_)
    model.refuse(
        fmt::format("\"unk_token\" {} is not in the vocabulary", shown(model.text("unk_token"))));
}

void Bpe::add_unknown(std::string_view character, Ids& ids) const {
  if (byte_fallback_) {
    for (const char byte : character) ids.push_back(bytes_[static_cast<unsigned char>(byte)]);
  } else if (unknown_) {
    ids.push_back(*unknown_);
  }  // otherwise it is dropped
}

Bpe::Ids Bpe::characters(std::string_view word) const {
  Ids ids;
  ids.reserve(word.size());
  bool after_unknown = false;
  for (std::size_t at = 0, length; at < word.size(); at += length) {
    length = length_at(word, at);
    const auto character = word.substr(at, length);
    const auto id = vocabulary_.find(character);
    if (id)
      ids.push_back(*id);
    else if (!(after_unknown && fuse_unknown_) || byte_fallback_)
      add_unknown(character, ids);
    after_unknown = !id;
  }
  return ids;
}

/// A list of symbols in which merged ones close up, and what could merge, lowest rank first.
struct Bpe::Symbols {
  static constexpr std::int32_t kNone = -1;
  const Merges& merges;
  Ids& ids;  // kNone: part of a symbol further left
  std::vector<std::int32_t> before, behind;
  // (rank, place) in one number; an entry is out of date once its pair is another.
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>> queue;

  Symbols(const Merges& known, Ids& symbols)
      : merges(known), ids(symbols), before(symbols.size()), behind(symbols.size()) {
    const auto count = static_cast<std::int32_t>(ids.size());
    for (std::int32_t i = 0; i < count; ++i) {
      before[i] = i - 1;
      behind[i] = i + 1 < count ? i + 1 : kNone;
      offer(i);
    }
  }

  const Merge* merge_at(std::int32_t i) const {
    if (i == kNone || ids[i] == kNone || behind[i] == kNone) return nullptr;
    return merges.find(ids[i], ids[behind[i]]);
  }

  void offer(std::int32_t i) {
    if (const Merge* merge = merge_at(i))
      queue.push(static_cast<std::uint64_t>(merge->rank) << 32 | static_cast<std::uint32_t>(i));
  }

  void join(std::int32_t i, std::int32_t id) {
    const auto gone = behind[i];
    ids[i] = id;
    ids[gone] = kNone;
    behind[i] = behind[gone];
    if (behind[i] != kNone) before[behind[i]] = i;
    offer(before[i]);
    offer(i);
  }

  void run() {
    while (!queue.empty()) {
      const auto top = queue.top();
      queue.pop();
      const auto i = static_cast<std::int32_t>(top & 0xFFFFFFFF);
      const Merge* merge = merge_at(i);
      if (merge && merge->rank == top >> 32) join(i, merge->id);
    }
  }
};

void Bpe::merge(Ids& ids) const {
  Symbols(merges_, ids).run();
  std::erase(ids, Symbols::kNone);
}

void Bpe::encode(std::string_view word, std::vector<std::int32_t>& ids) const {
  if (ignore_merges_)
    if (const auto id = vocabulary_.find(word)) return ids.push_back(*id);
  Ids symbols = characters(word);
  merge(symbols);
  ids.insert(ids.end(), symbols.begin(), symbols.end());
}

void BpeCache::encode(std::string_view word, std::vector<std::int32_t>& ids) {
  if (word.size() > kLongestKnown) return bpe_.encode(word, ids);
  auto found = known_.find(word);
  if (found == known_.end()) {
    if (known_.size() == kMostKnown) known_.clear();
    found = known_.try_emplace(std::string(word)).first;
    bpe_.encode(word, found->second);
  }
  ids.insert(ids.end(), found->second.begin(), found->second.end());
}

}  // namespace rc::tokenizer
