#include "figures/drawing/results.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "figures/drawing/test_runs.h"
#include "pipeline/dag.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::vector<Field> read(const std::vector<std::string>& overrides) {
  const Context context(stage("figure-loss"), Profile::load("profiles", "mini", overrides), "runs",
                        0, "learned");
  return main_arm(context);
}

TEST(MainArm, IsLearnedWhateverItsPlaceAndSeedsAreInOrder) {
  TestRuns runs;
  for (const long seed : {10, 2})
    for (const char* arm : {"copy", "learned"})
      runs.write("train", "train.json", TestRuns::train(seed, arm), seed, arm);
  const auto results = read({"seeds=10 2", "arms=copy learned"});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].at("arm").text(), "learned");
  EXPECT_EQ(results[1].at("arm").text(), "learned");
  EXPECT_EQ(results[0].at("seed").number(), 2);
  EXPECT_EQ(results[1].at("seed").number(), 10);
}

TEST(MainArm, IsTheFirstWithoutLearned) {
  TestRuns runs;
  for (const char* arm : {"copy", "frozen"})
    runs.write("train", "train.json", TestRuns::train(0, arm), 0, arm);
  EXPECT_EQ(read({"arms=frozen copy"}).front().at("arm").text(), "frozen");
}

TEST(MainArm, WithoutItsResultIsAUserError) {
  TestRuns runs;
  runs.write("train", "train.json", TestRuns::train(0, "copy"), 0, "learned");
  EXPECT_THAT(user_error([] { read({}); }), HasSubstr("train has no result of arm learned"));
}

TEST(AllArms, MainOneFirstAndEachWithItsSeeds) {
  TestRuns runs;
  for (const long seed : {10, 2})
    for (const char* arm : {"copy", "thin16", "learned"})
      runs.write("train", "train.json", TestRuns::train(seed, arm), seed, arm);
  const Context context(
      stage("figure-arm_losses"),
      Profile::load("profiles", "mini", {"seeds=10 2", "arms=copy thin16 learned"}), "runs", 0,
      "learned");
  std::string seen;
  for (const Arm& arm : all_arms(context)) {
    seen += arm.name;
    for (const Field& seed : arm.seeds) {
      EXPECT_EQ(seed.at("arm").text(), arm.name);
      seen += fmt::format(" {}", seed.at("seed").number());
    }
    seen += ';';
  }
  EXPECT_EQ(seen, "learned 2 10;copy 2 10;thin16 2 10;");
}

TEST(PlottedLayers, AreListedOnce) {
  TestRuns runs;
  write_text("rank.json", R"({"plotted_layers": [1, 2, 2]})");
  EXPECT_THAT(plotted_layers(Field::open("rank.json")), ElementsAre(1, 2));
}

TEST(Curves, OverSeeds) {
  const Matrix curves = {{1, 5}, {3, 4}};
  EXPECT_THAT(mean_curve(curves), ElementsAre(2, 4.5));
  EXPECT_THAT(lowest_curve(curves), ElementsAre(1, 4));
  EXPECT_THAT(highest_curve(curves), ElementsAre(3, 5));
  EXPECT_THAT(columns({7, 8}, curves), ElementsAre(ElementsAre(7, 1, 3), ElementsAre(8, 5, 4)));
}

TEST(Extremes, SkipGaps) {
  EXPECT_THAT(extremes({{std::nan(""), 2}, {-1}}), Pair(-1, 2));
  EXPECT_THAT(extremes({{std::nan("")}}), Pair(0, 0));
}

}  // namespace
}  // namespace rc
