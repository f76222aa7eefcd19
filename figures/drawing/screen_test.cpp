// What becomes of gnuplot's SVG on its way to the screen.
#include "figures/drawing/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "figures/drawing/cells.h"
#include "figures/drawing/figure.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A curve in blue with these tips, and a line in ink that has no title.
Figure curve(const std::vector<Tip>& points, const std::string& name = "layer 2") {
  Figure figure{.height = 3, .tables = {{"line", {{0, 1}, {100, 3}}}}};
  figure.commands =
      "set xrange [0:100]; set yrange [0:4]\nplot $line with linespoints pointtype 7 " +
      ("linecolor rgb blue" + titled(name)) + tips(figure, name, points) +
      ", 2 with lines linecolor rgb ink\n";
  return figure;
}

std::string on_screen(const Figure& figure) { return render(figure, "small", Format::kScreen); }

TEST(Screen, NamesCurvesAndTips) {
  const auto svg = on_screen(curve({{0, 1, "step 0\n1 < 2 & \"3\""}, {100, 3, "last"}}));
  EXPECT_THAT(svg,
              AllOf(StartsWith("<svg viewBox=\"0 0 624 288\" "),
                    HasSubstr("<g class=\"curve\" data-curve=\"layer 2\">"),
                    HasSubstr("<g class=\"tip\"><title>step 0\n1 &lt; 2 &amp; &quot;3&quot;</title>"
                              "<ellipse cx="),
                    HasSubstr("<g class=\"tip\"><title>last</title>")));
  EXPECT_THAT(svg, Not(ContainsRegex("onmouse|script|<\\?xml|<title>small")));
}

/// Of a name that gnuplot or XML would take for its own.
TEST(Screen, NamesAreTakenByTheLetter) {
  const auto svg = on_screen(curve({{0, 1, "x"}}, "it's a_k <&> 95 % \"{/:Bold b}\""));
  const char* name = "data-curve=\"it&apos;s a_k &lt;&amp;&gt; 95 % &quot;{/:Bold b}&quot;\"";
  const auto first = svg.find(name);
  ASSERT_NE(first, svg.npos) << svg;
  EXPECT_NE(svg.find(name, first + 1), svg.npos) << "the tips";
}

TEST(Screen, WhatHasNoTitleIsNoCurve) {
  const auto svg = on_screen(curve({}));
  EXPECT_EQ(svg.find("class=\"curve\""), svg.rfind("class=\"curve\""));
  EXPECT_THAT(svg, Not(HasSubstr("_plot_")));
}

TEST(Screen, IdsBeginWithTheFiguresName) {
  const auto svg = on_screen(curve({}));
  EXPECT_THAT(svg, AllOf(HasSubstr("id=\"small-gpPt6\""), HasSubstr("href=\"#small-gpPt6\""),
                         Not(ContainsRegex("id=\"gp|\"#gp|xlink"))));
}

TEST(Screen, InkIsThePages) {
  const auto svg = on_screen(curve({}));
  EXPECT_THAT(svg, AllOf(HasSubstr("stroke=\"#0072B2\""), HasSubstr("stroke=\"currentColor\""),
                         HasSubstr("\"color-mix(in srgb, currentColor 14%, transparent)\"")));
  EXPECT_THAT(svg, Not(ContainsRegex("rgb\\(|black|white|#FFFFFF|#ffffff|#222222|#E3E3E3")));
}

TEST(Screen, SpacesBetweenLettersStay) {
  Figure figure = curve({});
  figure.commands = "set label 'a_b {/:Bold c}' at 1, 1\n" + figure.commands;
  EXPECT_THAT(on_screen(figure),
              ContainsRegex(">b</tspan><tspan[^>]*>&#32;</tspan><tspan[^>]*>c<"));
}

/// The middle one of three would else lie below the last.
TEST(Screen, NeighboursPart) {
  const auto svg = on_screen(curve({{0, 1, "first"}, {1, 1, "second"}, {50, 1, "third"}}));
  EXPECT_THAT(svg, AllOf(ContainsRegex("first</title><ellipse [^>]*rx=\"2\\.[0-9]+\" ry=\"6\""),
                         ContainsRegex("second</title><ellipse [^>]*rx=\"2\\.[0-9]+\" ry=\"6\""),
                         ContainsRegex("third</title><ellipse [^>]*rx=\"6\" ry=\"6\"")));
}

TEST(Screen, CellsCarryTheirTips) {
  const Matrix values = {{1, std::nan("")}, {2, 3}};
  Figure figure{.height = 3, .tables = {{"map", cells(values, {0, 1, 2}, {0, 1, 2})}}};
  figure.commands = "plot $map " + std::string(kCells) + titled("gain") + '\n';
  cell_tips(figure, values,
            [](std::size_t i, std::size_t j) { return std::to_string(10 * i + j); });
  const auto svg = on_screen(figure);
  for (const char* place : {"0", "10", "11"})
    EXPECT_THAT(svg, ContainsRegex("<rect class=\"tip\" [^>]*><title>" + std::string(place) + "<"));
  EXPECT_THAT(svg, Not(HasSubstr("<title>1</title>")));
  figure.tips.texts.cells.push_back("of no cell");
  EXPECT_THROW(on_screen(figure), std::logic_error);
}

TEST(Tips, AreOnScreenAlone) {
  const Figure with = curve({{0, 1, "tip"}}), without = curve({});
  EXPECT_THAT(on_screen(with), HasSubstr("tip"));
  for (const Format format : {Format::kSvg, Format::kPng, Format::kPdf})
    EXPECT_EQ(render(with, "small", format), render(without, "small", format));
}

TEST(Tips, AreReadAsPrinted) {
  EXPECT_EQ(shown(13.6284), "13.63");
  EXPECT_EQ(shown(-0.004), "−0.004");
  EXPECT_EQ(shown(0), "0");
  EXPECT_EQ(shown(1234567.8), "1234568");
  EXPECT_EQ(shown(-0.0000123), "−1.2·10⁻⁵");
  EXPECT_EQ(shown(1.5, 1.25, 1.75), "1.5 (1.25 to 1.75)");
  EXPECT_EQ(shown(1.5, 1.5, 1.5), "1.5");
}

TEST(Tips, StandWhereThePointIsDrawnAndSayWhatWasMeasured) {
  Figure figure;
  const auto element = tips(figure, {.curve = "random q^2",
                                     .where = "{} % cut",
                                     .what = "{} nats",
                                     .x = {10, 20, 30},
                                     .y = {0.5, std::nan(""), 2},
                                     .lo = {0.4, 0, 2},
                                     .hi = {0.6, 0, 2},
                                     .seeds = 3,
                                     .aside = 0.25,
                                     .place = [](double y) { return 100 * y; }});
  EXPECT_EQ(element, " @tips_0");
  EXPECT_THAT(figure.tips.tables.at("tips_0"),
              testing::ElementsAre(testing::ElementsAre(10.25, 50, 0),
                                   testing::ElementsAre(30.25, 200, 1)));
  EXPECT_THAT(figure.tips.texts.points,
              testing::ElementsAre("random q², 10 % cut\n0.5 (0.4 to 0.6) nats, mean of 3 seeds",
                                   "random q², 30 % cut\n2 nats, mean of 3 seeds"));
  EXPECT_EQ(tips(figure, "empty", {}), "");
}

}  // namespace
}  // namespace rc
