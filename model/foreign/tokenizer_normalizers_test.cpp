#include "model/foreign/tokenizer_normalizers.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

std::string normalized(const std::string& json, std::string text, std::size_t most = 1000) {
  read_normalizer(component(json))(text, most);
  return text;
}

TEST(Normalizers, MakeUnicodesNormalForms) {
  // e and acute, the angstrom sign, the ligature fi.
  const std::string text = "e\u0301 \u212B \uFB01";
  EXPECT_EQ(normalized(R"({"type": "NFC"})", text), "\u00E9 \u00C5 \uFB01");
  EXPECT_EQ(normalized(R"({"type": "NFD"})", text), "e\u0301 A\u030A \uFB01");
  EXPECT_EQ(normalized(R"({"type": "NFKC"})", text), "\u00E9 \u00C5 fi");
  EXPECT_EQ(normalized(R"({"type": "NFKD"})", text), "e\u0301 A\u030A fi");
  EXPECT_EQ(normalized(R"({"type": "NFC"})", std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Normalizers, PrependToAllButAnEmptyText) {
  const char* json = R"({"type": "Prepend", "prepend": "_"})";
  EXPECT_EQ(normalized(json, "a"), "_a");
  EXPECT_EQ(normalized(json, ""), "");
}

TEST(Normalizers, ReplaceLiterally) {
  EXPECT_EQ(
      normalized(R"({"type": "Replace", "pattern": {"String": " "}, "content": "▁"})", " a b"),
      "▁a▁b");
  EXPECT_EQ(
      normalized(R"({"type": "Replace", "pattern": {"Regex": "[ab]+"}, "content": "$0"})", "abxba"),
      "$0x$0");
}

TEST(Normalizers, RunInSequence) {
  const char* llama = R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
      {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]})";
  EXPECT_EQ(normalized(llama, " a"), "▁▁a");
}

TEST(Normalizers, NameWhatTheyHaveNot) {
  for (const char* type :
       {"BertNormalizer", "Lowercase", "Nmt", "Precompiled", "Strip", "StripAccents"})
    EXPECT_NE(
        user_error([&] {
          normalized(
              R"({"type": "Sequence", "normalizers": [{"type": ")" + std::string(type) + "\"}]}",
              "a");
        }).find("t.json: normalizers[0]: type \"" + std::string(type) + "\" is not read here"),
        std::string::npos);
}

TEST(Normalizers, StopATextThatOutgrowsItsLimit) {
  const std::string doubles = R"({"type": "Replace", "pattern": {"String": "a"}, "content": "aa"})";
  EXPECT_EQ(normalized(doubles, "aa", 4), "aaaa");
  EXPECT_NE(user_error([&] { normalized(doubles, "aaa", 4); }), "");
  std::string bomb = R"({"type": "Sequence", "normalizers": [)";
  for (int i = 0; i < 100; ++i) bomb += doubles + ",";
  EXPECT_NE(user_error([&] { normalized(bomb + doubles + "]}", "a"); }), "");
}

}  // namespace
}  // namespace rc::tokenizer
