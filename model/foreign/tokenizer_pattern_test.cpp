#include "model/foreign/tokenizer_pattern.h"

#include <gtest/gtest.h>

#include "model/foreign/tokenizer_regex.h"
#include "model/foreign/tokenizer_testing.h"
#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

Texts matches(const std::string& expression, const std::string& text) {
  Texts found;
  for (const Span span : Regex::oniguruma(expression).matches(text))
    found.push_back(text.substr(span.begin, span.end - span.begin));
  return found;
}

std::string refusal(const std::string& expression) {
  return user_error([&] { Regex::oniguruma(expression); });
}

TEST(TokenizerPattern, MeansTheUnicodePropertiesThatOnigurumaMeans) {
  EXPECT_EQ(to_pcre2("[^\\s\\d]\\w"),
            "[^\\p{White_Space}\\p{Nd}][\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}"
            "\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}]");
  // U+0085 is white space and U+180E is not, in Unicode though not in PCRE2's \s.
  EXPECT_EQ(matches("\\s", " \u0085\u180E\u3000x"), (Texts{" ", "\u0085", "\u3000"}));
  EXPECT_EQ(matches("\\S+", "a\u180E\uFEFF\u00A0b"), (Texts{"a\u180E\uFEFF", "b"}));
  // An Arabic digit is one, a Roman numeral is only a number.
  EXPECT_EQ(matches("\\d", "3\u0663\u2167"), (Texts{"3", "\u0663"}));
  EXPECT_EQ(matches("\\p{N}", "3\u0663\u2167"), (Texts{"3", "\u0663", "\u2167"}));
  // A half is of \w outside of a set only.
  EXPECT_EQ(matches("\\w+", "a_\u0301\u00BD-b"), (Texts{"a_\u0301\u00BD", "b"}));
  EXPECT_EQ(matches("[\\w]+", "a_\u0301\u00BD-b"), (Texts{"a_\u0301", "b"}));
  // U+30FC belongs to Hiragana and Katakana by its script extensions, and to neither by its script.
  EXPECT_EQ(matches("\\p{Hiragana}+", "\u304B\u30FC"), (Texts{"\u304B"}));
}

TEST(TokenizerPattern, IgnoresCaseInItsGroupOnly) {
  EXPECT_EQ(matches("(?i:'s|'ll)|x", "'S'lL'Llx X"), (Texts{"'S", "'lL", "'Ll", "x"}));
  EXPECT_EQ(matches("(?i:a(?:b))c", "aBc ABC"), (Texts{"aBc"}));
  EXPECT_EQ(matches("(?i:[sk])", "SK\u017F\u212A"), (Texts{"S", "K", "\u017F", "\u212A"}));
}

TEST(TokenizerPattern, ReadsEscapesSetsAndQuantifiers) {
  EXPECT_EQ(matches("\\u0041|\\x42|\\x{43}|\\v|\\.", "ABC\v.D"), (Texts{"A", "B", "C", "\v", "."}));
  EXPECT_EQ(matches("[]a\\]\\-]+", "]a-b"), (Texts{"]a-"}));
  EXPECT_EQ(matches("[a-cx-]+", "abx-d"), (Texts{"abx-"}));
  EXPECT_EQ(matches("]}", "a]}"), (Texts{"]}"}));
  EXPECT_EQ(matches("a{2}|b{1,}|c{1,2}", "aabbbccc"), (Texts{"aa", "bbb", "cc", "c"}));
  EXPECT_EQ(matches("a+?b|c++|d*+e", "aabccde"), (Texts{"aab", "cc", "de"}));
  EXPECT_EQ(matches(".+", "ab\rc\nd"), (Texts{"ab\rc", "d"}));
  EXPECT_EQ(matches("a(?=b)|(?<=b)c|d(?!e)|(?<!c)f|(?>gh)", "abcdefghd"),
            (Texts{"a", "c", "f", "gh", "d"}));
}

TEST(TokenizerPattern, RefusesByNameWhatItDoesNotKnow) {
  EXPECT_EQ(refusal("a\\b"),
            "the regular expression \"a\\\\b\" holds \"\\\\b\", which is not read here");
  for (const char* expression : {"^a",           "a$",         "\\h",         "\\1",
                                 "\\R",          "\\X",        "\\K",         "\\G",
                                 "\\Qa\\E",      "\\",         "[a[b]]",      "[a&&b]",
                                 "[[:alpha:]]",  "[a",         "(a",          "a)",
                                 "(?i)a",        "(?m:a)",     "(?<n>a)",     "(?R)",
                                 "(*COMMIT)a",   "a{,3}",      "a{1,2}+",     "a{2}?",
                                 "a{x}",         "\\p{^L}",    "\\pL",        "\\p{NoSuchScript}",
                                 "\\p{Ab}",      "\\xE9",      "\\u12",       "\\x{110000}",
                                 "[\\W]",        "(?i:st)",    "(?i:\u00E9)", "(?i:[\u00E9])",
                                 "(?i:\\p{Lu})", "(?i:\\x41)", "*a",          "[z-a]"})
    EXPECT_NE(refusal(expression), "") << expression;
}

TEST(TokenizerRegex, AnEmptyMatchCountsUnlessItTouchesTheOneBefore) {
  const auto spans = Regex::oniguruma("x*").matches("axxb");
  EXPECT_EQ(spans, (std::vector<Span>{{0, 0}, {1, 3}, {4, 4}}));
  EXPECT_EQ(Regex::oniguruma("x*").matches("\u00E9"), (std::vector<Span>{{0, 0}, {2, 2}}));
}

TEST(TokenizerRegex, ALiteralMeansItself) {
  EXPECT_EQ(Regex::literal(".+").matches("a.+b"), (std::vector<Span>{{1, 3}}));
  EXPECT_EQ(Regex::of(component(R"({"pattern": {"String": "["}})")).matches("a["),
            (std::vector<Span>{{1, 2}}));
  EXPECT_EQ(user_error([] { Regex::of(component(R"({"pattern": {"String": ""}})")); }),
            "t.json: pattern: \"String\" is empty");
  EXPECT_NE(user_error([] {
              Regex::of(component(R"({"pattern": {"Regex": "^"}})"));
            }).find("t.json: pattern: the regular expression"),
            std::string::npos);
}

TEST(TokenizerRegex, GivesUpOnWhatTakesForever) {
  const Regex regex = Regex::oniguruma("(?:a+)+[bc]");
  EXPECT_EQ(regex.matches(std::string(20, 'a') + "b").size(), 1u);
  EXPECT_NE(user_error([&] { regex.matches(std::string(60, 'a')); }).find("fails on this text"),
            std::string::npos);
}

TEST(TokenizerRegex, MatchesLongRuns) {
  EXPECT_EQ(Regex::oniguruma("\\p{L}+").matches(std::string(5'000'000, 'a')).size(), 1u);
  // Each turn of a group takes memory.
  EXPECT_EQ(Regex::oniguruma("(?:a|b)+").matches(std::string(200'000, 'a')).size(), 1u);
}

}  // namespace
}  // namespace rc::tokenizer
