// Where labels and cells go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "figures/drawing/cells.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/style.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Spread, LeavesWhatDoesNotTouch) { EXPECT_THAT(spread({7, 2}, 1, 0, 10), ElementsAre(7, 2)); }

TEST(Spread, MovesTouchingOnesApartAroundTheirMean) {
  EXPECT_THAT(spread({5.5, 5, 9}, 1, 0, 10), ElementsAre(5.75, 4.75, 9));
}

TEST(Spread, PushesNeighboursOn) {
  // {4, 4} become {3, 5}, which touches 6: the block {4, 4, 6} has mean 14/3.
  const auto centres = spread({4, 4, 6}, 2, 0, 10);
  EXPECT_THAT(centres, ElementsAre(testing::DoubleEq(14.0 / 3 - 2), testing::DoubleEq(14.0 / 3),
                                   testing::DoubleEq(14.0 / 3 + 2)));
}

TEST(Spread, StaysWithinBounds) {
  EXPECT_THAT(spread({0, 0}, 2, 0, 10), ElementsAre(1, 3));
  EXPECT_THAT(spread({10, 10}, 2, 0, 10), ElementsAre(7, 9));
}

TEST(Panel, NamesEveryCurveThatHasAnEnd) {
  const std::string commands = panel_commands(
      {.x_label = "step",
       .y_label = "loss",
       .x = {0, 4},
       .y = {0, 2},
       .labels = {{1, "seen", kBlue}, {3, "above", kGreen}, {std::nan(""), "unseen", kGrey}}});
  EXPECT_THAT(commands, AllOf(HasSubstr("'seen' at graph 1.04, first 1 "), HasSubstr("'above'"),
                              Not(HasSubstr("unseen")), Not(HasSubstr("first 3")),
                              HasSubstr("set yrange [0:2]"), HasSubstr("\"step\"")));
}

TEST(Panel, LiesInItsFrame) {
  const Frame frame{.left = 0.65, .right = 2.65, .bottom = 0.5, .top = 1.5, .height = 2};
  EXPECT_EQ(margins(frame),
            "set lmargin at screen 0.1000; set rmargin at screen 0.4077\n"
            "set bmargin at screen 0.2500; set tmargin at screen 0.7500\n");
  // Labels keep their distance in inches, 0.177 of 2, and their height, a sixth of 1.
  const std::string commands =
      panel_commands({.y = {0, 6}, .labels = {{3, "a", kBlue}, {3, "b", kBlue}}, .frame = frame});
  EXPECT_THAT(commands, AllOf(HasSubstr("'a' at graph 1.089, first 2.5 "),
                              HasSubstr("'b' at graph 1.089, first 3.5 ")));
}

TEST(Ranges, HaveRoomOnBothSides) {
  const auto wide = with_room({10, 20}, 0.1, 0.5);
  EXPECT_DOUBLE_EQ(wide.lo, 9);
  EXPECT_DOUBLE_EQ(wide.hi, 21);
  const auto narrow = with_room({3, 3}, 0.1, 0.5);
  EXPECT_DOUBLE_EQ(narrow.lo, 2.5);
  EXPECT_DOUBLE_EQ(narrow.hi, 3.5);
}

TEST(Tics, AreOneTwoOrFiveTimesAPowerOfTen) {
  EXPECT_DOUBLE_EQ(tic_distance(320, 3), 200);
  EXPECT_DOUBLE_EQ(tic_distance(320, 8), 50);
  EXPECT_DOUBLE_EQ(tic_distance(1, 10), 0.1);
  EXPECT_DOUBLE_EQ(tic_distance(0.06, 10), 0.01);
}

TEST(Key, NamesALineAtItsRight) {
  EXPECT_THAT(legend_entry({1.3, 0.9, "linewidth 2", "", "learned"}),
              AllOf(HasSubstr("screen 0.2, 0.9 rto screen"), HasSubstr("nohead linewidth 2"),
                    HasSubstr("set label 'learned' at screen")));
}

TEST(Cells, BordersLieHalfway) {
  EXPECT_THAT(halfway_borders({0, 1, 4}), ElementsAre(0, 0.5, 2.5, 4));
  EXPECT_THAT(unit_borders(2), ElementsAre(-0.5, 0.5, 1.5));
}

TEST(Cells, RowsHoldCentreBordersAndValue) {
  EXPECT_THAT(cells({{7, std::nan("")}, {8, 9}}, {0, 2, 3}, {0, 1, 2}),
              ElementsAre(ElementsAre(1, 0.5, 0, 2, 0, 1, 7), ElementsAre(2.5, 0.5, 2, 3, 0, 1, 8),
                          ElementsAre(2.5, 1.5, 2, 3, 1, 2, 9)));
}

}  // namespace
}  // namespace rc
