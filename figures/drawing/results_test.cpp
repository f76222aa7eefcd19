#include "figures/drawing/results.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/files/artifact.h"
#include "pipeline/stage/golden_run.h"

namespace rc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// A figure of training that was given these seeds and arms.
class Results : public testing::Test {
 protected:
  Context context(const std::vector<long>& seeds, const std::vector<std::string>& arms) {
    return {spec_, Settings(all_tables(spec_)), run_.folder(), run_.inputs({"train"}, seeds, arms)};
  }

  const StageSpec spec_{
      .name = "figure-of_losses", .summary = "", .writes = "", .needs = {{"train", ".json"}}};
  GoldenRun run_;
};

TEST_F(Results, OfTheMainArmAreThoseOfLearnedWhateverItsPlaceAndSeedsAreInOrder) {
  const auto results = main_arm(context({10, 2}, {"copy", "learned"}));
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].at("arm").text(), "learned");
  EXPECT_EQ(results[1].at("arm").text(), "learned");
  EXPECT_EQ(results[0].at("seed").number(), 2);
  EXPECT_EQ(results[1].at("seed").number(), 10);
}

TEST_F(Results, OfTheMainArmAreThoseOfTheFirstWithoutLearned) {
  EXPECT_EQ(main_arm(context({0}, {"frozen", "copy"})).front().at("arm").text(), "frozen");
}

TEST_F(Results, OfTheMainArmThatAreMissingAreAUserError) {
  run_.change("seed-0/learned/train.json", [](auto& train) { train["arm"] = "copy"; });
  EXPECT_THAT(user_error([&] { main_arm(context({0}, {"learned"})); }),
              HasSubstr("train has no result of arm learned"));
}

TEST_F(Results, OfAllArmsAreTheMainOnesFirstAndEachWithItsSeeds) {
  std::string seen;
  for (const Arm& arm : all_arms(context({10, 2}, {"copy", "thin16", "learned"}))) {
    seen += arm.name;
    for (const Field& seed : arm.seeds) {
      EXPECT_EQ(seed.at("arm").text(), arm.name);
      seen += fmt::format(" {}", seed.at("seed").number());
    }
    seen += ';';
  }
  EXPECT_EQ(seen, "learned 2 10;copy 2 10;thin16 2 10;");
}

TEST_F(Results, OfTheMainArmAndAnother) {
  const auto names = [&](const std::string& other, const std::vector<std::string>& arms) {
    std::string found;
    for (const Arm& arm : main_arm_and(other, context({0}, arms))) found += arm.name + ";";
    return found;
  };
  EXPECT_EQ(names("thin16", {"copy", "thin16", "learned"}), "learned;thin16;");
  EXPECT_EQ(names("thin16", {"copy", "learned"}), "learned;");
  EXPECT_EQ(names("copy", {"copy", "frozen"}), "copy;");
}

TEST_F(Results, BesideAnotherAreThoseOfTheSameRun) {
  const StageSpec spec{.name = "figure-of_gains",
                       .summary = "",
                       .writes = "",
                       .needs = {{"correlate", ".json"}, {"train", ".json"}}};
  auto inputs = run_.inputs({"correlate", "train"}, {2, 10}, {"learned", "copy"});
  inputs.push_back(run_.inputs({"train"}, {2}, {"thin16"}).front());  // trained, and that is all
  const Context both(spec, Settings(all_tables(spec)), run_.folder(), inputs);
  EXPECT_EQ(all_arms(both).size(), 2u);
  for (const Arm& arm : all_arms(both))
    for (const Field& gains : arm.seeds) {
      const Field train = beside(both, gains);
      EXPECT_EQ(train.at("stage").text(), "train");
      EXPECT_EQ(train.at("arm").text(), arm.name);
      EXPECT_EQ(train.at("seed").number(), gains.at("seed").number());
    }
  const Context one(spec, Settings(all_tables(spec)), run_.folder(),
                    run_.inputs({"correlate"}, {2}));
  EXPECT_THAT(user_error([&] { beside(one, main_arm(one).front()); }),
              HasSubstr("train has no result of seed 2, arm learned"));
}

TEST(PlottedLayers, AreListedOnce) {
  GoldenRun run;
  const auto rank = run.file("seed-0/learned/rank.json");
  EXPECT_EQ(read_json(rank).at("plotted_layers"), (nlohmann::json{1, 2, 2}));
  EXPECT_THAT(plotted_layers(Field::open(rank)), ElementsAre(1, 2));
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
