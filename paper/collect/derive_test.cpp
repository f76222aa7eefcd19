#include "paper/collect/derive.h"

#include <gtest/gtest.h>

#include "paper/testing/golden_collection.h"

namespace rc {
namespace {

TEST(Derive, TwoSeedsCompareTheirGains) {
  std::vector<StageResult> results;
  for (const long seed : {0, 1}) {
    StageResult result{.file = "c", .seed = seed, .data = {{"stage", "correlate"}}};
    result.data["gains_k"] = {{{9, 9, 9}, {9, 9, 9}},  // an early snapshot does not count
                              {{1, 2, 3}, seed == 0 ? std::vector{1, 2, 3} : std::vector{3, 2, 1}}};
    results.push_back(result);
  }
  Numbers numbers;
  derive_over_seeds(numbers, {results.front()});
  EXPECT_FALSE(numbers.contains("gains.seeds_spearman"));
  derive_over_seeds(numbers, results);
  EXPECT_NEAR(numbers.at("gains.seeds_spearman").value, 0, 1e-12);  // layers: +1 and -1
  EXPECT_EQ(numbers.at("gains.seeds_spearman").n, 2);
}

TEST(Derive, LayersWhoseGainsAreAllEqualAgreeWithNone) {
  std::vector<StageResult> results(2, {.file = "c", .data = {{"stage", "correlate"}}});
  for (long seed = 0; seed < 2; ++seed) {
    results[seed].seed = seed;
    results[seed].data["gains_k"] = {{{1, 2, 3}, {0, 0, 0}}};
  }
  Numbers numbers;
  derive_over_seeds(numbers, results);
  EXPECT_NEAR(numbers.at("gains.seeds_spearman").value, 1, 1e-12);
  for (auto& result : results) result.data["gains_k"] = {{{0, 0, 0}, {0, 0, 0}}};
  Numbers none;
  derive_over_seeds(none, results);
  EXPECT_TRUE(none.empty());
}

TEST(Derive, DerivesWhatFollowsFromOneFile) {
  const auto numbers = numbers_from_json(golden_collection().at("numbers"));
  const auto value = [&](const char* name) { return numbers.at(name).value; };
  const auto train = GoldenRun::read("seed-0/learned/train.json");
  EXPECT_EQ(value("model.d_k"), train.at("model").at("d_k"));
  ASSERT_TRUE(train.at("floor").contains("bigram"));
  for (const auto& [floor, loss] : train.at("floor").items())
    EXPECT_EQ(numbers.at("floor." + floor).value, loss) << floor;
  EXPECT_EQ(value("sequences.loss"), train.at("final_sequences").size());
  EXPECT_NEAR(value("ghost.fraction.gaussian"),
              1 - value("rank.coordinate_pr.null.gaussian") / value("model.d_k"), 1e-12);
  EXPECT_NEAR(value("gains.ratio.layer_mid"),
              value("gains.max.layer_mid") / value("gains.min.layer_mid"), 1e-12);
  EXPECT_EQ(value("corpus.used_bytes"), GoldenRun::read("tokens/tokens.json").at("used_bytes"));
}

}  // namespace
}  // namespace rc
