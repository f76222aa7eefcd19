#include "model/foreign/tokenizer_export.h"

#include <fmt/format.h>
#include <sentencepiece_processor.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

using nlohmann::json;

/// What SentencePiece writes for a blank.
constexpr const char* kBlank = "\u2581";
/// The one symbol that train_bpe defines by hand; it is found before any merge.
constexpr const char* kLineEnd = "\n";

struct Merge {
  std::string left, right;
  int result;  // id of the piece they become
};

class Pieces {
 public:
  explicit Pieces(const std::filesystem::path& file) {
    const auto status = processor_.LoadFromSerializedProto(read_text(file));
    if (!status.ok())
      throw UserError(
          fmt::format("{} is no SentencePiece model ({}); remake it with: make tokenize",
                      file.string(), status.message()));
    for (int id = 0; id < processor_.GetPieceSize(); ++id) ids_[processor_.IdToPiece(id)] = id;
  }

  json vocabulary() const {
    json all = json::object();
    for (const auto& [piece, id] : ids_) all[piece] = id;
    return all;
  }

  /// Ids fall with the scores that SentencePiece merges by, so that the merge into the smallest id
  /// comes first; among those into one piece the order cannot change what comes out.
  std::vector<Merge> merges() const {
    std::vector<Merge> all;
    for (const auto& [piece, id] : ids_) {
      if (processor_.IsByte(id) || processor_.IsUnknown(id) || piece == kLineEnd) continue;
      for (std::size_t at = 1; at < piece.size(); ++at)
        if (ids_.contains(piece.substr(0, at)) && ids_.contains(piece.substr(at)))
          all.push_back({piece.substr(0, at), piece.substr(at), id});
    }
    std::ranges::sort(all, {}, [](const Merge& m) { return std::tie(m.result, m.left); });
    return all;
  }

  int line_end() const {
    const auto found = ids_.find(kLineEnd);
    return found == ids_.end() ? -1 : found->second;
  }
  std::string unknown() const { return processor_.IdToPiece(processor_.unk_id()); }

 private:
  sentencepiece::SentencePieceProcessor processor_;
  std::map<std::string, int> ids_;
};

json added_token(int id, const std::string& content, bool special) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", special}};
}

json replace(const char* what, const char* by) {
  return {{"type", "Replace"}, {"pattern", {{"String", what}}}, {"content", by}};
}

}  // namespace

json tokenizer_json(const std::filesystem::path& sentencepiece) {
  const Pieces pieces(sentencepiece);
  json merges = json::array();
  for (const auto& merge : pieces.merges()) merges.push_back({merge.left, merge.right});
  json added = json::array({added_token(0, pieces.unknown(), true)});
  if (pieces.line_end() >= 0) added.push_back(added_token(pieces.line_end(), kLineEnd, false));
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added},
          {"normalizer", replace(" ", kBlank)},
          {"pre_tokenizer", nullptr},
          {"post_processor", nullptr},
          {"decoder",
           {{"type", "Sequence"},
            {"decoders", {replace(kBlank, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}}}}},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", pieces.unknown()},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", true},
            {"byte_fallback", true},
            {"ignore_merges", false},
            {"vocab", pieces.vocabulary()},
            {"merges", merges}}}};
}

}  // namespace rc
