#include "figures/drawing/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "figures/drawing/style.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Figure line() {
  return {.height = 3,
          .tables = {{"line", {{0, 1}, {1, std::nan("")}, {2, 3}}}},
          .commands = "set label 'γ' at 1, 1\nplot $line with lines\n"};
}

TEST(Gnuplot, ReadsTables) {
  EXPECT_EQ(run_gnuplot({{"a", {{1, 2}, {3, 4}}}},
                        "set print '-'\nstats $a using 2 nooutput\nprint STATS_sum\n"),
            "6.0\n");
}

TEST(Gnuplot, RefusedCommandIsAUserError) {
  EXPECT_THAT(user_error([] { run_gnuplot({}, "set terminal svg\nplot $absent\n"); }),
              AllOf(HasSubstr("gnuplot failed"), HasSubstr("$absent"), Not(HasSubstr("\n"))));
}

TEST(Render, EveryFormatIsOfItsType) {
  EXPECT_THAT(render(line(), "line", Format::kSvg),
              AllOf(StartsWith("<?xml"), HasSubstr("<title>line</title>"), HasSubstr("</svg>"),
                    HasSubstr("γ"), HasSubstr("DejaVu Sans, Verdana")));
  EXPECT_THAT(render(line(), "line", Format::kPng), StartsWith("\x89PNG\r\n"));
  EXPECT_THAT(render(line(), "line", Format::kPdf), AllOf(StartsWith("%PDF-"), HasSubstr("%%EOF")));
}

TEST(Render, BytesHoldNoTime) {
  EXPECT_THAT(render(line(), "line", Format::kPdf), Not(HasSubstr("CreationDate")));
  for (const Format format : {Format::kSvg, Format::kPng, Format::kPdf})
    EXPECT_EQ(render(line(), "line", format), render(line(), "line", format));
}

TEST(Render, NothingDrawnIsAUserError) {
  EXPECT_THAT(user_error([] { render({.commands = "a = 1\n"}, "blank", Format::kPng); }),
              HasSubstr("blank"));
}

TEST(Style, PalettesAreGnuplotCommands) {
  for (const std::string& palette : {viridis(), cividis(), blue_to_red()})
    EXPECT_EQ(run_gnuplot({}, palette), "");
}

}  // namespace
}  // namespace rc
