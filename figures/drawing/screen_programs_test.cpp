// What the figure programs make for the screen of the golden run.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/property_tree/xml_parser.hpp>
#include <map>
#include <set>
#include <sstream>

#include "figures/drawing/figure_program.h"

namespace rc {
namespace {

using testing::Contains;
using testing::Not;
using testing::StartsWith;
using Element = boost::property_tree::ptree;

std::string get(const Element& element, const std::string& attribute) {
  return element.get("<xmlattr>." + attribute, "");
}

/// A figure for the screen as a page sees it.
struct Seen {
  std::multiset<std::string> ids;
  std::set<std::string> attributes;
  std::set<std::string> curves;
  std::map<std::string, std::vector<std::string>> tips;  // by curve; "" where they lie in none
};

void look(const Element& element, const std::string& curve, Seen& seen) {
  for (const auto& [tag, child] : element) {
    if (tag == "<xmlattr>") {
      for (const auto& [name, value] : child) seen.attributes.insert(name);
      continue;
    }
    if (const auto id = get(child, "id"); !id.empty()) seen.ids.insert(id);
    const bool named = get(child, "class") == "curve";
    if (named) seen.curves.insert(get(child, "data-curve"));
    const std::string inner = named ? get(child, "data-curve") : curve;
    if (get(child, "class") == "tip") seen.tips[inner].push_back(child.get("title", ""));
    look(child, inner, seen);
  }
}

class ScreenFigure : public FigureProgram {
 protected:
  /// Throws where it is not well-formed.
  Seen seen(const std::string& name, const std::vector<std::string>& arms = {"learned"}) {
    EXPECT_EQ(draw(name, arms), 0) << error_;
    std::istringstream file(read_text(drawn(name, ".screen.svg")));
    Element document;
    boost::property_tree::read_xml(file, document);
    Seen seen;
    look(document, "", seen);
    return seen;
  }
};

TEST_F(ScreenFigure, IsSmallAndHasTipsAllOfThemInNamedCurves) {
  std::set<std::string> all;
  for (const auto& name : figure_names()) {
    SCOPED_TRACE(name);
    const Seen figure = seen(name);
    EXPECT_LT(fs::file_size(drawn(name, ".screen.svg")), 400'000u);
    EXPECT_FALSE(figure.tips.empty());
    EXPECT_FALSE(figure.tips.contains(""));
    EXPECT_THAT(figure.curves, Not(Contains("")));
    EXPECT_THAT(figure.attributes, Not(Contains(StartsWith("on"))));
    for (const auto& [curve, tips] : figure.tips) EXPECT_THAT(tips, Not(Contains("")));
    for (const auto& id : figure.ids) EXPECT_TRUE(all.insert(id).second) << id << " is there twice";
  }
}

std::string digits(const json& value) { return fmt::format("{:.4g}", value.get<double>()); }

TEST_F(ScreenFigure, TellsTheParticipationRatio) {
  const json rank = GoldenRun::read(kLearned + "rank.json");
  const auto last = rank["steps"].size() - 1;
  const auto tips = seen("effective_rank").tips;
  ASSERT_TRUE(tips.contains("layer 2"));
  EXPECT_EQ(tips.at("layer 2").size(), last + 1);
  EXPECT_EQ(tips.at("layer 2").back(),
            fmt::format("layer 2, step {}\n{} dimensions", digits(rank["steps"][last]),
                        digits(rank["coordinate_pr"][last][2])));
}

/// Not where the axis, which bends, has them.
TEST_F(ScreenFigure, TellsRisesAsTheyWereMeasured) {
  const std::string curve = "a method of tomorrow";
  run_.change(kLearned + "low_rank.json", [&](json& result) {
    json& method = result["methods"].front();
    method["legend"] = curve;
    for (const auto& [name, value] : {std::pair{"rise", -0.25}, {"lo", -0.5}, {"hi", 0.125}})
      method[name][0] = value;
  });
  const auto floats = GoldenRun::read(kLearned + "low_rank.json")["floats"][0];
  const auto tips = seen("low_rank").tips;
  ASSERT_TRUE(tips.contains(curve));
  EXPECT_EQ(tips.at(curve).front(),
            fmt::format("{}, {} floats\n−0.25 (−0.5 to 0.125) nats/token", curve, digits(floats)));
}

TEST_F(ScreenFigure, TellsLossesAndTheirDifferences) {
  const auto loss = [](const std::string& arm) {
    return GoldenRun::read("seed-0/" + arm + "/train.json")["validation"]["loss"];
  };
  const auto tips = seen("arm_losses", {"learned", "rope_shuffled"}).tips;
  const json learned = loss("learned"), shuffled = loss("rope_shuffled");
  ASSERT_TRUE(tips.contains("rope shuffled") && tips.contains("learned"));
  const auto& both = tips.at("rope shuffled");  // panels
  EXPECT_EQ(both.front(),
            fmt::format("rope shuffled, step 0\n{} nats/token", digits(shuffled.front())));
  EXPECT_THAT(both.back(), testing::EndsWith("·10⁻³ nats/token above learned"));
  EXPECT_EQ(tips.at("learned").size(), learned.size());
}

/// By kind and place of the cell.
TEST_F(ScreenFigure, TellsTheCellsOfItsMaps) {
  const json correlation = GoldenRun::read(kLearned + "correlation.json");
  const auto tips = seen("layer_correlation").tips;
  EXPECT_THAT(
      tips.at("Pearson correlation"),
      Contains(fmt::format(
          "layers 1 and 3\nPearson {}",
          std::string(correlation["pearson"][1][3] < 0 ? "−" : "") +
              fmt::format("{:.4g}", std::abs(correlation["pearson"][1][3].get<double>())))));
  EXPECT_THAT(tips.at("cosine similarity"),
              Contains("layers 1 and 3\ncosine " + digits(correlation["cosine"][1][3])));
}

}  // namespace
}  // namespace rc
