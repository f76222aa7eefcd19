#include "model/foreign/tokenizer_pre_tokenizers.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

Texts words(const std::string& json, const std::string& text, bool first = true,
            std::size_t most = 1000) {
  Words words{.text = text, .spans = {{0, text.size()}}, .first = first, .most = most};
  read_pre_tokenizer(component(json))(words);
  Texts texts;
  for (const Span span : words.spans)
    texts.push_back(words.text.substr(span.begin, span.end - span.begin));
  return texts;
}

TEST(ByteLevel, WritesEachByteAsACharacter) {
  EXPECT_EQ(byte_level_character('a'), "a");
  EXPECT_EQ(byte_level_character(' '), "Ġ");   // U+0120: the 33rd of those that are not printable
  EXPECT_EQ(byte_level_character('\n'), "Ċ");  // U+010A
  EXPECT_EQ(byte_level_character(0x7F), "\u0121");
  EXPECT_EQ(byte_level_character(0xAD), "\u0143");  // the last
  EXPECT_EQ(byte_level_character(0xC3), "Ã");
  EXPECT_EQ(words(R"({"type": "ByteLevel", "use_regex": false})", "é b"), (Texts{"Ã©Ġb"}));
}

TEST(ByteLevel, CutsByGpt2sExpression) {
  const std::string json = R"({"type": "ByteLevel", "add_prefix_space": )";
  EXPECT_EQ(words(json + "false}", "I'm 25  ok!?\n"),
            (Texts{"I", "'m", "Ġ25", "Ġ", "Ġok", "!?", "Ċ"}));
  EXPECT_EQ(words(json + "true}", "a"), (Texts{"Ġa"}));
  EXPECT_EQ(words(json + "true}", " a"), (Texts{"Ġa"}));
}

TEST(Digits, AreCutOutOneByOneOrTogether) {
  const std::string json = R"({"type": "Digits", "individual_digits": )";
  EXPECT_EQ(words(json + "true}", "a12b"), (Texts{"a", "1", "2", "b"}));
  EXPECT_EQ(words(json + "false}", "a12b"), (Texts{"a", "12", "b"}));
}

TEST(Metaspace, MarksSpacesAndBeginnings) {
  const auto cut = [](const std::string& scheme, const std::string& text, bool first) {
    return words(
        R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": ")" + scheme + "\"}", text,
        first);
  };
  EXPECT_EQ(cut("always", "a  b", false), (Texts{"▁a", "▁", "▁b"}));
  EXPECT_EQ(cut("always", " a", true), (Texts{"▁a"}));
  EXPECT_EQ(cut("first", "a b", true), (Texts{"▁a", "▁b"}));
  EXPECT_EQ(cut("first", "a b", false), (Texts{"a", "▁b"}));
  EXPECT_EQ(cut("never", "a b", true), (Texts{"a", "▁b"}));
  EXPECT_NE(user_error([&] { cut("sometimes", "a", true); }), "");
}

TEST(Metaspace, ReadsOlderFilesAndOnesThatDoNotCut) {
  EXPECT_EQ(words(R"({"type": "Metaspace", "add_prefix_space": false})", "a b"),
            (Texts{"a", "▁b"}));
  EXPECT_EQ(words(R"({"type": "Metaspace", "split": false})", "a b"), (Texts{"▁a▁b"}));
  EXPECT_NE(user_error([] { words(R"({"type": "Metaspace", "replacement": "ab"})", "a"); }), "");
}

TEST(Metaspace, OnlyTheFirstWordOfAllBeginsTheText) {
  EXPECT_EQ(words(R"({"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"String": "-"}, "behavior": "Removed"},
                {"type": "Metaspace", "prepend_scheme": "first"}]})",
                  "a-b"),
            (Texts{"▁a", "b"}));
}

TEST(PreTokenizers, RunInSequence) {
  const char* llama3 = R"({"type": "Sequence", "pretokenizers": [{"type": "Split",
      "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},
      "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})";
  EXPECT_EQ(
      words(llama3, "He'LL see 12345   x.\n\n  (\u00E9)"),
      (Texts{"He", "'LL", "Ġsee", "Ġ", "123", "45", "ĠĠ", "Ġx", ".ĊĊ", "Ġ", "Ġ(", "Ã©", ")"}));
}

TEST(PreTokenizers, NameWhatTheyHaveNot) {
  for (const char* type : {"BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Punctuation",
                           "CharDelimiterSplit", "UnicodeScripts"})
    EXPECT_NE(user_error([&] {
                words(R"({"type": ")" + std::string(type) + "\"}", "a");
              }).find("type \"" + std::string(type) + "\" is not read here"),
              std::string::npos);
}

TEST(PreTokenizers, StopATextThatOutgrowsItsLimit) {
  std::string bomb = R"({"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"})";
  for (int i = 0; i < 30; ++i) bomb += R"(, {"type": "ByteLevel"})";
  EXPECT_NE(user_error([&] { words(bomb + "]}", "\u00E9"); }), "");
}

}  // namespace
}  // namespace rc::tokenizer
