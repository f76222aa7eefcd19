#include "model/foreign/tokenizer_added.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/foreign/tokenizer_text.h"
#include "pipeline/error.h"

namespace rc::tokenizer {
namespace {

// A match may be tried at every byte, so a long token would cost its length at every byte.
constexpr std::size_t kLongest = 1024;
constexpr std::size_t kMostNodes = 4 << 20;  // of the trie, 60 bytes each; Gemma 3 has 20 000

std::uint64_t edge(std::int32_t node, unsigned char byte) {
  return static_cast<std::uint64_t>(node) << 8 | byte;
}

}  // namespace

std::vector<AddedToken> read_added_tokens(const Component& file) {
  std::vector<AddedToken> tokens;
  if (!file.has("added_tokens")) return tokens;
  std::set<std::string> contents;
  std::set<std::int32_t> ids;
  for (const Component& entry : file.list("added_tokens")) {
    AddedToken token{.content = entry.text("content"), .id = entry.id("id")};
    if (token.content.empty() || token.content.size() > kLongest)
      entry.refuse(fmt::format("\"content\" has {} bytes; 1 to {} are expected",
                               token.content.size(), kLongest));
    if (!contents.insert(token.content).second || !ids.insert(token.id).second)
      entry.refuse(fmt::format("{} or its id {} is there twice", shown(token.content), token.id));
    token.single_word = entry.flag("single_word", false);
    token.lstrip = entry.flag("lstrip", false);
    token.rstrip = entry.flag("rstrip", false);
    token.normalized = entry.flag("normalized", !entry.flag("special", false));
    tokens.push_back(std::move(token));
  }
  return tokens;
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  token_of_.push_back(-1);
  for (std::size_t t = 0; t < tokens_.size(); ++t) {
    if (token_of_.size() + tokens_[t].content.size() > kMostNodes)
      throw UserError("the added tokens are longer than any tokenizer's; fetch the file again");
    std::int32_t node = 0;
    for (const char c : tokens_[t].content) {
      const auto byte = static_cast<unsigned char>(c);
      const auto next = static_cast<std::int32_t>(token_of_.size());
      const auto [found, added] = children_.try_emplace(edge(node, byte), next);
      if (added) token_of_.push_back(-1);
      if (node == 0) root_[byte] = found->second;
      node = found->second;
    }
    // Two may be alike once normalized: the first stays.
    if (node != 0 && token_of_[node] < 0) token_of_[node] = static_cast<std::int32_t>(t);
  }
}

std::int32_t AddedTokens::child(std::int32_t node, unsigned char byte) const {
  if (node == 0) return root_[byte];  // 0: none, as no edge leads back to the root
  const auto found = children_.find(edge(node, byte));
  return found == children_.end() ? 0 : found->second;
}

AddedTokens::Match AddedTokens::match_at(std::string_view text, std::size_t begin) const {
  Match longest;
  std::int32_t node = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    node = child(node, static_cast<unsigned char>(text[at]));
    if (node == 0) break;
    if (token_of_[node] >= 0) longest = {{begin, at + 1}, &tokens_[token_of_[node]]};
  }
  return longest;
}

/// As Hugging Face's AddedVocabulary: a token that is no single word where it has to be is passed
/// over with all it covers.
std::vector<AddedTokens::Piece> AddedTokens::split(std::string_view text) const {
  std::vector<Piece> pieces;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [span, token] = match_at(text, at);
    if (!token) {
      ++at;
      continue;
    }
    at = span.end;
    const auto before = text.substr(0, span.begin), behind = text.substr(span.end);
    if (token->single_word && (ends_with_word(before) || begins_with_word(behind))) continue;
    const std::size_t begin =
        token->lstrip ? std::max(done, span.begin - trailing_space(before)) : span.begin;
    if (begin > done) pieces.push_back({{done, begin}, kText});
    done = span.end + (token->rstrip ? leading_space(behind) : 0);
    pieces.push_back({{begin, done}, token->id});
  }
  if (done < text.size()) pieces.push_back({{done, text.size()}, kText});
  return pieces;
}

}  // namespace rc::tokenizer
