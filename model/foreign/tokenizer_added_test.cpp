#include "model/foreign/tokenizer_added.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

/// The pieces of `text`, tokens as "<id>:<text they take>".
Texts split(std::vector<AddedToken> tokens, const std::string& text) {
  Texts pieces;
  for (const auto& [span, id] : AddedTokens(std::move(tokens)).split(text))
    pieces.push_back((id == AddedTokens::kText ? "" : std::to_string(id) + ":") +
                     text.substr(span.begin, span.end - span.begin));
  return pieces;
}

AddedToken token(std::int32_t id, const std::string& content) {
  return {.content = content, .id = id};
}

TEST(AddedTokens, AreFoundFromTheLeftTheLongestFirst) {
  EXPECT_EQ(split({token(1, "ab"), token(2, "abcd"), token(3, "cd")}, "xabcab"),
            (Texts{"x", "1:ab", "c", "1:ab"}));
  EXPECT_EQ(split({token(1, "ab"), token(2, "abcd"), token(3, "cd")}, "abcdcd"),
            (Texts{"2:abcd", "3:cd"}));
  EXPECT_EQ(split({token(1, "bc"), token(2, "abx")}, "abc"), (Texts{"a", "1:bc"}));
  EXPECT_EQ(split({}, "abc"), (Texts{"abc"}));
  EXPECT_TRUE(split({token(1, "a")}, "").empty());
}

TEST(AddedTokens, MayTakeSpaceAlong) {
  AddedToken left = token(1, "<m>"), right = token(2, "<r>");
  left.lstrip = true;
  right.rstrip = true;
  EXPECT_EQ(split({left, right}, "a  <m> b <r>\n\u00A0c"),
            (Texts{"a", "1:  <m>", " b ", "2:<r>\n\u00A0", "c"}));
  // What one took is gone for the next.
  EXPECT_EQ(split({left, right}, "<r>  <m>"), (Texts{"2:<r>  ", "1:<m>"}));
}

TEST(AddedTokens, MayHaveToStandAlone) {
  AddedToken word = token(1, "foo");
  word.single_word = true;
  EXPECT_EQ(split({word}, "foo foobar-foo \u00E9foo"),
            (Texts{"1:foo", " foobar-", "1:foo", " \u00E9foo"}));
  // The longest match is passed over whole.
  EXPECT_EQ(split({word, token(2, "oo")}, "fooz"), (Texts{"fooz"}));
}

TEST(AddedTokens, AreReadWithTheirFlags) {
  const auto tokens = read_added_tokens(component(R"({"added_tokens": [
      {"id": 5, "content": "<s>", "special": true, "lstrip": true},
      {"id": 6, "content": "<t>", "special": false, "rstrip": true, "single_word": true},
      {"id": 7, "content": "<u>", "special": true, "normalized": true}]})"));
  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(tokens[0].id, 5);
  EXPECT_EQ(tokens[0].content, "<s>");
  EXPECT_TRUE(tokens[0].lstrip && !tokens[0].rstrip && !tokens[0].single_word &&
              !tokens[0].normalized);
  EXPECT_TRUE(!tokens[1].lstrip && tokens[1].rstrip && tokens[1].single_word &&
              tokens[1].normalized);
  EXPECT_TRUE(tokens[2].normalized);
  EXPECT_TRUE(read_added_tokens(component("{}")).empty());
}

TEST(AddedTokens, RefuseDoublesAndBadIds) {
  const auto refusal = [](const std::string& second) {
    return user_error([&] {
      read_added_tokens(
          component(R"({"added_tokens": [{"id": 5, "content": "<s>"}, )" + second + "]}"));
    });
  };
  EXPECT_EQ(refusal(R"({"id": 5, "content": "<t>"})"),
            "t.json: added_tokens[1]: \"<t>\" or its id 5 is there twice");
  EXPECT_NE(refusal(R"({"id": 6, "content": "<s>"})"), "");
  EXPECT_NE(refusal(R"({"id": -6, "content": "<t>"})"), "");
  EXPECT_NE(refusal(R"({"id": 20000000, "content": "<t>"})"), "");
  EXPECT_NE(refusal(R"({"id": 6, "content": ""})"), "");
  EXPECT_NE(refusal(R"({"id": 6, "content": ")" + std::string(1025, 'a') + "\"}"), "");
  EXPECT_EQ(refusal(R"({"id": 6, "content": "<t>"})"), "");
}

TEST(AddedTokens, RefuseToGrowATrieWithoutEnd) {
  std::vector<AddedToken> tokens;
  for (int i = 0; i < 5000; ++i)
    tokens.push_back(token(i, std::to_string(i) + std::string(1000, 'a')));
  EXPECT_NE(user_error([&] { AddedTokens{std::move(tokens)}; }), "");
}

}  // namespace
}  // namespace rc::tokenizer
