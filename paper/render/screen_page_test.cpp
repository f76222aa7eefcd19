#include "paper/render/screen_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "paper/render/number_table.h"
#include "paper/render/pages.h"
#include "paper/testing/golden_collection.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"

namespace rc {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST(FiguresIn, TellsEachOnceByItsFirstDocument) {
  const std::string loss = "![Loss](../figures/loss.svg)\n\n*Figure 3. Over training.*\n";
  const auto figures =
      figures_in({{"audit", loss + "![Gains](../figures/gains.svg)\n\n*Figure 4. All.*"},
                  {"dimensional_collapse", "text\n\n" + loss},
                  {"unknown", "![X](../figures/x.svg)\n\n*Figure 1. No.*"}});
  std::vector<std::string> told;
  for (const auto& [name, alt, caption, document] : figures)
    told.push_back(name + "|" + alt + "|" + caption + "|" + document);
  EXPECT_THAT(
      told, ElementsAre("loss|Loss|Over training.|dimensional_collapse", "gains|Gains|All.|audit"));
}

/// The Markdown of the page about every arm.
const std::string& page() {
  static const auto& collected = golden_collection(all_arms());
  static const std::string text =
      render_screen_page("paper/templates", collected, render_pages("paper/templates", collected));
  return text;
}

/// The row of a number, its cells parted by bars.
std::string row_of(const std::string& name, const std::string& text = page()) {
  const auto broken = std::regex_replace(name, std::regex("\\."), ".<wbr>");
  const auto begin = text.find("<tr><td><code>" + broken + "</code>");
  return begin == text.npos ? "no row" : text.substr(begin, text.find('\n', begin) - begin);
}

TEST(ScreenPage, ANumberLeadsToItsManifests) {
  EXPECT_THAT(row_of("rank.coordinate_pr.final.deep"),
              HasSubstr("<td>measure-rank</td><td><a "
                        "href=\"../seed-0/learned/manifest/measure-rank.json\">seed 0</a> </td>"));
  EXPECT_THAT(row_of("rank.frozen.coordinate_pr.final.deep"),
              HasSubstr("../seed-0/frozen/manifest/measure-rank.json"));
  EXPECT_THAT(row_of("loss.copy"), HasSubstr("../seed-0/copy/manifest/train.json"));
  EXPECT_THAT(
      row_of("kernels.decode.speedup.50"),
      HasSubstr("<td>time-kernels</td><td><a href=\"../manifest/time-kernels.json\">once</a>"));
  EXPECT_THAT(row_of("corpus.train_tokens"), HasSubstr("../manifest/collect.json"));
  EXPECT_THAT(row_of("original.gains.min"), Not(HasSubstr("href")));
}

TEST(ScreenPage, ANumberOfManySeedsLeadsToEachOfThem) {
  const auto& collected = golden_collection({"learned", "copy"}, {0, 1});
  const auto text =
      render_screen_page("paper/templates", collected, render_pages("paper/templates", collected));
  const auto row = row_of("rank.coordinate_pr.final.deep", text);
  for (const auto* seed : {"0", "1"})
    EXPECT_THAT(row,
                HasSubstr(std::string("seed-") + seed + "/learned/manifest/measure-rank.json"));
}

TEST(ScreenPage, EveryNumberHasARow) {
  for (const auto& [name, number] : golden_collection(all_arms()).at("numbers").items())
    EXPECT_NE(row_of(name), "no row") << name;
}

TEST(ScreenPage, NumbersKeptBeforeTheirStagesWereTold) {
  json collected = golden_collection();
  collected.erase("made_by");
  const auto text =
      render_screen_page("paper/templates", collected, render_pages("paper/templates", collected));
  EXPECT_THAT(row_of("rank.coordinate_pr.final.deep", text), HasSubstr("<td>collect</td>"));
}

class Drawings : public ::testing::Test {
 protected:
  fs::path figures() const { return folder_.path() / "figures"; }
  void draw(const std::string& name, const std::string& svg) {
    write_text(figures() / (name + ".screen.svg"), svg);
  }
  fs::path folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

constexpr const char* kPlace =
    "<p>a</p><div class=\"drawing\" data-figure=\"loss\">\n\n</div><p>b</p>";

TEST_F(Drawings, StandInTheirPlaceWithABoxForEachCurve) {
  draw("loss",
       "<svg><g data-curve=\"a &amp; b\"/><g data-curve=\"c\"/><g data-curve=\"c\"/></svg>");
  const auto html = with_drawings(kPlace, figures());
  EXPECT_THAT(html, HasSubstr("<div class=\"drawing\">\n<svg>"));
  EXPECT_TRUE(html.starts_with("<p>a</p><fieldset") && html.ends_with("</svg></div><p>b</p>"))
      << html;
  EXPECT_THAT(html, HasSubstr("value=\"a &amp; b\">a &amp; b</label>"));
  EXPECT_EQ(html.find("value=\"c\""), html.rfind("value=\"c\""));
}

TEST_F(Drawings, OneCurveHasNoBox) {
  draw("loss", "<svg><g data-curve=\"a\"/></svg>");
  EXPECT_THAT(with_drawings(kPlace, figures()), Not(HasSubstr("checkbox")));
}

TEST_F(Drawings, AreNamedWhereTheyAreMissing) {
  try {
    with_drawings(kPlace, figures());
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("loss.screen.svg; run: make figure-loss"));
  }
}

TEST_F(Drawings, ThePageIsOneFileWithItsScriptsInOrder) {
  draw("loss", "<svg id=\"drawn\"/>");
  write_text(folder() / "first.js", "let one = 1;");
  write_text(folder() / "second.js", "let two = 2;");
  const std::string text = std::string("# Title\n\n") + kPlace + "\n";
  const ScreenParts parts{
      "paper/templates", {folder() / "first.js", folder() / "second.js"}, figures()};
  const auto file = make_screen_page(text, parts, folder() / "report");
  const auto html = read_text(file);
  EXPECT_THAT(html, HasSubstr("<title>Title</title>"));
  EXPECT_THAT(html, HasSubstr("lang=\"en\""));
  EXPECT_THAT(html, HasSubstr("<svg id=\"drawn\"/>"));
  EXPECT_LT(html.find("let one"), html.find("let two"));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_EQ(read_text(make_screen_page(text, parts, folder() / "report")), html);
}

}  // namespace
}  // namespace rc
