#include "pipeline/stage/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Board, CountsDownWithTheTimesItKnows) {
  const TestFolder folder;
  Board board((folder / "board").string());
  EXPECT_EQ(board.ended("train", 1, 1), "") << "nobody said what to expect";
  board.expect({{"train", 3}, {"draw", 2}}, {{"train", 60}});
  EXPECT_EQ(board.ended("train", 100, 1), "1 of 5 done, at least 3 min 20 s left");
  EXPECT_EQ(board.ended("draw", 20, 1), "2 of 5 done, about 3 min 40 s left");
  EXPECT_EQ(board.ended("train", 50, 1), "3 of 5 done, about 1 min 35 s left");
  EXPECT_EQ(board.ended("train", 50, 1), "4 of 5 done, about 20 s left");
  EXPECT_EQ(board.ended("draw", 20, 1), "5 of 5 done");
}

TEST(Board, StagesSideBySideShareTheTime) {
  EXPECT_EQ(board_sentence(1, {{"train", 4}}, {{"train", 60}}, 2),
            "1 of 5 done, about 2 min 00 s left");
  EXPECT_EQ(board_sentence(4, {{"train", 1}}, {{"train", 60}}, 8),
            "4 of 5 done, about 1 min 00 s left");
}

TEST(Board, KeepsALineForEachThatWorks) {
  const TestFolder folder;
  Board a((folder / "board").string()), b((folder / "board").string());
  testing::internal::CaptureStderr();
  a.show("train 0", "train 0 [#..]");
  b.show("train 1", "train 1 [##.]");
  b.say("measure done");
  a.show("train 0", "");
  const auto text = testing::internal::GetCapturedStderr();
  // Each drawing goes above the last one and clears it.
  EXPECT_EQ(text,
            "train 0 [#..]\n"
            "\033[1A\r\033[Jtrain 0 [#..]\ntrain 1 [##.]\n"
            "\033[2A\r\033[Jmeasure done\ntrain 0 [#..]\ntrain 1 [##.]\n"
            "\033[2A\r\033[Jtrain 1 [##.]\n");
}

TEST(Board, ADamagedOneStartsEmpty) {
  const TestFolder folder;
  const auto file = (folder / "board").string();
  write_text(file, "{\"left\": ");
  Board board(file);
  EXPECT_EQ(board.ended("train", 1, 1), "");
  board.expect({{"train", 1}}, {});
  EXPECT_EQ(board.ended("train", 1, 1), "1 of 1 done");
}

}  // namespace
}  // namespace rc
