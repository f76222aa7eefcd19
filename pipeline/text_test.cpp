#include "pipeline/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rc {
namespace {

using testing::ElementsAre;

TEST(Text, SplitsAtSpacesAndCommas) {
  EXPECT_THAT(split_list(" a, b\tc,,d "), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(split_list(""), ElementsAre());
}

TEST(Text, NearestByEdits) {
  EXPECT_EQ(nearest("kitten", {"sitting", "mitten", "kit"}), "mitten");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Text, ColumnsCountCodePoints) {
  EXPECT_EQ(columns("γ=1"), 3u);
  EXPECT_EQ(clip("γδε", 2), "γδ");
  EXPECT_EQ(clip("ab", 5), "ab");
}

TEST(Text, WrapsWithAHangingIndent) {
  EXPECT_EQ(wrap("lead: ", "one two three four", 2, 14), "lead: one two\n  three four");
  EXPECT_EQ(wrap("", "abc abcdefghijkl", 2, 8), "abc\n  abcdefghijkl");
  EXPECT_EQ(wrap("x  ", "", 2), "x  ");
}

}  // namespace
}  // namespace rc
