#include "model/foreign/tokenizer_pre_tokenizers.h"

#include <algorithm>
#include <array>

#include "model/foreign/tokenizer_split.h"
#include "model/foreign/tokenizer_text.h"

namespace rc::tokenizer {
namespace {

/// GPT-2's expression, which ByteLevel cuts by unless use_regex is off.
constexpr const char* kByteLevelWords =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// Replaces the words one by one: `write` appends what becomes of one to the new text.
template <class Write>
void rewrite(Words& words, const Write& write) {
  std::string text;
  text.reserve(words.text.size() + words.text.size() / 4);
  for (Span& span : words.spans) {
    const std::size_t begin = text.size();
    write(std::string_view(words.text).substr(span.begin, span.end - span.begin), text);
    span = {begin, text.size()};
    check_growth(text.size(), words.most);
  }
  words.text = std::move(text);
}

PreTokenizer byte_level(const Component& component) {
  const bool prefix = component.flag("add_prefix_space", false);
  const Splitter words_of{Regex::oniguruma(kByteLevelWords), Behavior::kIsolated, false};
  return [prefix, words_of, cut = component.flag("use_regex", true)](Words& words) {
    if (prefix)
      rewrite(words, [](std::string_view word, std::string& text) {
        if (!word.starts_with(' ')) text += ' ';
        text += word;
      });
    if (cut) words_of.cut(words);
    rewrite(words, [](std::string_view word, std::string& text) {
      for (const char byte : word) text += byte_level_character(static_cast<unsigned char>(byte));
    });
  };
}

PreTokenizer digits(const Component& component) {
  const bool one_by_one = component.flag("individual_digits", false);
  const Splitter splitter{Regex::oniguruma("\\p{N}"),
                          one_by_one ? Behavior::kIsolated : Behavior::kContiguous, false};
  return [splitter](Words& words) { splitter.cut(words); };
}

/// When a word gets the mark of a space before it that had none.
enum class Prepend { kAlways, kFirst, kNever };

Prepend prepend_scheme(const Component& component) {
  static const std::map<std::string, Prepend> kSchemes = {
      {"always", Prepend::kAlways}, {"first", Prepend::kFirst}, {"never", Prepend::kNever}};
  // Older files say add_prefix_space instead.
  const bool prefix = component.flag("add_prefix_space", true);
  const std::string name = component.text("prepend_scheme", prefix ? "always" : "never");
  const auto found = kSchemes.find(name);
  if (found == kSchemes.end())
    component.refuse("prepend_scheme " + shown(name) +
                     " is not read here; always, first, never are");
  return found->second;
}

PreTokenizer metaspace(const Component& component) {
  const std::string mark = component.text("replacement", "\u2581");
  if (mark.empty() || mark.size() != length_at(mark, 0))
    component.refuse("\"replacement\" is " + shown(mark) + "; one character is expected");
  const Prepend scheme = prepend_scheme(component);
  const Splitter splitter{Regex::literal(mark), Behavior::kMergedWithNext, false};
  return [mark, scheme, splitter, cut = component.flag("split", true)](Words& words) {
    rewrite(words, [&](std::string_view word, std::string& text) {
      const bool begins = words.first && word.data() == words.text.data();
      const bool wanted = scheme == Prepend::kAlways || (scheme == Prepend::kFirst && begins);
      if (wanted && !word.starts_with(mark) && !word.starts_with(' ')) text += mark;
      for (const char c : word) c == ' ' ? text += mark : text += c;
    });
    if (cut) splitter.cut(words);
  };
}

PreTokenizer split(const Component& component) {
  return [splitter = Splitter::of(component)](Words& words) { splitter.cut(words); };
}

PreTokenizer sequence(const Component& component) {
  std::vector<PreTokenizer> steps;
  for (const Component& step : component.list("pretokenizers"))
    steps.push_back(read_pre_tokenizer(step));
  return [steps](Words& words) {
    for (const PreTokenizer& step : steps) step(words);
  };
}

}  // namespace

PreTokenizer read_pre_tokenizer(const Component& component) {
  using Reader = PreTokenizer (*)(const Component&);
  static const std::map<std::string, Reader> kReaders = {
      {"ByteLevel", byte_level}, {"Digits", digits}, {"Metaspace", metaspace},
      {"Sequence", sequence},    {"Split", split},
  };
  return component.choose(kReaders)(component);
}

const std::string& byte_level_character(unsigned char byte) {
  static const auto kTable = [] {
    std::array<std::string, 256> table;
    int others = 0x100;
    for (int b = 0; b < 256; ++b) {
      const bool itself = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      const int point = itself ? b : others++;
      if (point < 0x80)
        table[b] = static_cast<char>(point);
      else
        table[b] = {static_cast<char>(0xC0 | (point >> 6)),
                    static_cast<char>(0x80 | (point & 0x3F))};
    }
    return table;
  }();
  return kTable[byte];
}

}  // namespace rc::tokenizer
