#include "model/foreign/tokenizer_text.h"

#include <gtest/gtest.h>

#include "pipeline/testing.h"

namespace rc::tokenizer {
namespace {

TEST(TokenizerText, TakesNothingButUtf8) {
  EXPECT_EQ(user_error([] { check_text("a\u00E9\u20AC\U0001F600"); }), "");
  EXPECT_EQ(user_error([] { check_text("a\xE9z"); }),
            "byte 1 of the text is no UTF-8; convert it first");
  EXPECT_NE(user_error([] { check_text("\xED\xA0\x80"); }), "");  // a surrogate
  EXPECT_NE(user_error([] { check_text("\xC0\xAF"); }), "");      // overlong
  EXPECT_NE(user_error([] { check_text("ab\xE2\x82"); }), "");    // cut off
}

TEST(TokenizerText, MeasuresSpaceAtBothEnds) {
  EXPECT_EQ(leading_space(" \t\u00A0\u3000x "), 1u + 1 + 2 + 3);
  EXPECT_EQ(trailing_space("x\u2003\n\u0085"), 3u + 1 + 2);
  EXPECT_EQ(trailing_space(" \n "), 3u);
  EXPECT_EQ(leading_space("\u200Bx"), 0u);
  EXPECT_EQ(trailing_space("x\uFEFF"), 0u);
}

TEST(TokenizerText, KnowsCharactersOfWords) {
  for (const char* word :
       {"a", "\u00E9", "5", "_", "\u0301", "\u4E2D", "\u2167", "\u200D", "\u24B6"})
    EXPECT_TRUE(begins_with_word(word) && ends_with_word(word)) << word;
  for (const char* other : {"", " ", "-", "'", "\u00B2", "\u20AC", "\U0001F600"})
    EXPECT_FALSE(begins_with_word(other) || ends_with_word(other)) << other;
  EXPECT_TRUE(begins_with_word("a-") && ends_with_word("-a"));
  EXPECT_FALSE(begins_with_word("-a") || ends_with_word("a-"));
}

}  // namespace
}  // namespace rc::tokenizer
