#include "paper/collect/derive.h"

#include <gtest/gtest.h>

#include <cmath>

#include "paper/testing/golden_collection.h"
#include "pipeline/error.h"

namespace rc {
namespace {

/// train.json of an arm with these final losses, a validation sequence each.
StageResult trained(const std::string& arm, long seed, const std::vector<double>& losses) {
  StageResult result{.file = arm + std::to_string(seed), .arm = arm, .seed = seed};
  result.data = {{"stage", "train"}, {"final_sequences", losses}};
  return result;
}

Number difference_of(const std::string& arm, const std::vector<StageResult>& results) {
  Numbers numbers;
  derive_over_results(numbers, results);
  return numbers.at("loss_difference." + arm);
}

TEST(Derive, PairsLossesBySeed) {
  const std::vector<StageResult> results = {
      trained("learned", 0, {3.9, 4.1}), trained("learned", 1, {4.9, 5.1}),
      trained("thin16", 0, {4.0, 4.2}),  trained("thin16", 1, {5.1, 5.3}),
      trained("copy", 1, {1.0, 1.2}),
  };
  const auto thin = difference_of("thin16", results);
  EXPECT_NEAR(thin.value, 0.15, 1e-12);
  EXPECT_EQ(thin.n, 2);
  EXPECT_EQ(thin.interval->method, "t over seeds");
  // Differences 0.1 and 0.2, t(0.975, 1 degree) = 12.7062; unpaired, 4 against 5 would drown them.
  EXPECT_NEAR(thin.interval->hi, 0.15 + 12.7062 * 0.05, 1e-5);
  const auto copy = difference_of("copy", results);
  EXPECT_NEAR(copy.value, -3.9, 1e-12);
  EXPECT_EQ(copy.n, 1) << "one seed has both arms";
}

TEST(Derive, OneSeedPairsSequences) {
  std::vector<double> base, same, apart;
  for (int i = 0; i < 400; ++i) {
    base.push_back(4 + std::sin(i));  // sequences differ far more than arms do
    same.push_back(base.back() + 0.1);
    apart.push_back(base.back() + (i % 2 ? 0.2 : 0));
  }
  const auto main = trained("learned", 0, base);
  const auto constant = difference_of("thin16", {main, trained("thin16", 0, same)});
  EXPECT_NEAR(constant.value, 0.1, 1e-12);
  EXPECT_NEAR(constant.interval->lo, 0.1, 1e-9) << "every sequence differs by as much";
  const auto varied = difference_of("thin16", {main, trained("thin16", 0, apart)});
  EXPECT_EQ(varied.n, 1);
  EXPECT_EQ(varied.interval->method, "bootstrap over sequences");
  // The standard error of 400 differences of 0 or 0.2 is 0.1 / 20.
  EXPECT_NEAR(varied.interval->lo, 0.1 - 1.96 * 0.005, 0.001);
  EXPECT_NEAR(varied.interval->hi, 0.1 + 1.96 * 0.005, 0.001);
}

TEST(Derive, FewSequencesAreCalledSo) {
  const auto of = [](int sequences) {
    std::vector<double> base(static_cast<std::size_t>(sequences), 4.0), other(base);
    for (int i = 0; i < sequences; ++i) other[static_cast<std::size_t>(i)] += 0.1 * i;
    return difference_of("none", {trained("learned", 0, base), trained("none", 0, other)});
  };
  EXPECT_EQ(of(5).interval->method, "bootstrap over sequences");
  EXPECT_EQ(of(4).interval->method, "bootstrap over sequences, only 4 of them");
  EXPECT_FALSE(of(1).interval);
}

TEST(Derive, SequencesThatDoNotPairAreAnError) {
  const auto error_of = [](const StageResult& arm) -> std::string {
    try {
      difference_of("thin16", {trained("learned", 0, {4, 5}), arm});
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_of(trained("thin16", 0, {4, 5, 6})),
            "thin160 and learned0 hold the final losses of 3 and 2 sequences (final_sequences), "
            "which do not pair; run stage train again for both");
  auto old = trained("thin16", 0, {});
  old.data.erase("final_sequences");
  EXPECT_NE(error_of(old).find("thin160 and learned0 hold the final losses of 0 and 2"),
            std::string::npos);
  EXPECT_EQ(error_of(trained("thin16", 0, {4, 5})), "no error");
}

TEST(Derive, TwoSeedsCompareTheirGains) {
  std::vector<StageResult> results;
  for (const long seed : {0, 1}) {
    StageResult result{.file = "c", .seed = seed, .data = {{"stage", "correlate"}}};
    result.data["gains_k"] = {{{9, 9, 9}, {9, 9, 9}},  // an early snapshot does not count
                              {{1, 2, 3}, seed == 0 ? std::vector{1, 2, 3} : std::vector{3, 2, 1}}};
    results.push_back(result);
  }
  Numbers numbers;
  derive_over_results(numbers, {results.front()});
  EXPECT_FALSE(numbers.contains("gains.seeds_spearman"));
  derive_over_results(numbers, results);
  EXPECT_NEAR(numbers.at("gains.seeds_spearman").value, 0, 1e-12);  // layers: +1 and -1
  EXPECT_EQ(numbers.at("gains.seeds_spearman").n, 2);
}

TEST(Derive, DerivesWhatFollowsFromOneFile) {
  const auto numbers = numbers_from_json(golden_collection().at("numbers"));
  const auto value = [&](const char* name) { return numbers.at(name).value; };
  const auto train = GoldenRun::read("seed-0/learned/train.json");
  EXPECT_EQ(value("model.d_k"), train.at("model").at("d_k"));
  EXPECT_EQ(value("floor.bigram"), train.at("floor").at("bigram"));
  EXPECT_NEAR(value("ghost.fraction.gaussian"),
              1 - value("rank.coordinate_pr.null.gaussian") / value("model.d_k"), 1e-12);
  EXPECT_NEAR(value("gains.ratio.layer_mid"),
              value("gains.max.layer_mid") / value("gains.min.layer_mid"), 1e-12);
  EXPECT_EQ(value("corpus.used_bytes"), GoldenRun::read("tokens/tokens.json").at("used_bytes"));
}

}  // namespace
}  // namespace rc
