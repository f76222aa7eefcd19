#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "paper/collect/derive.h"
#include "paper/collect/merge.h"
#include "paper/testing/synthetic.h"
#include "pipeline/artifact.h"
#include "pipeline/error.h"

namespace rc {
namespace {

const Interval kBand{0.9, 1.2, 0.95, "bootstrap over sequences"};

/// A training result with this loss.
StageResult trained(const std::string& arm, long seed, double loss) {
  StageResult result{.file = arm + std::to_string(seed), .arm = arm, .seed = seed};
  result.data = {{"stage", "train"}};
  result.numbers["loss"] = {loss, "nats/token", 1,
                            Interval{loss - 0.03, loss + 0.04, 0.95, "bootstrap over sequences"}};
  return result;
}

StageResult with_number(const std::string& file, const std::string& name, const Number& number) {
  StageResult result{.file = file};
  result.numbers[name] = number;
  return result;
}

template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Collect, NamesArms) {
  EXPECT_EQ(name_over_arms("rank.pr.deep", "learned"), "rank.pr.deep");
  EXPECT_EQ(name_over_arms("rank.pr.deep", "frozen"), "rank.frozen.pr.deep");
  EXPECT_EQ(name_over_arms("loss", "learned"), "loss.learned");
  EXPECT_EQ(name_over_arms("loss", "copy"), "loss.copy");
}

TEST(Collect, RefusesBadNames) {
  for (const auto* good : {"loss", "ablate.low_gain.60", "gains.cv.layer_mid"})
    EXPECT_NO_THROW(check_name(good)) << good;
  for (const auto* bad : {"", "Loss", "a..b", "a.", ".a", "a b", "rank.f1", "gains.n"})
    EXPECT_THROW(check_name(bad), UserError) << bad;
}

TEST(Collect, KeepsTheBandOfASingleSeed) {
  const auto numbers = merge({with_number("a", "x.y", {1, "share", 1, kBand})});
  EXPECT_EQ(numbers.at("x.y").n, 1);
  EXPECT_EQ(numbers.at("x.y").interval->method, "bootstrap over sequences");
  EXPECT_EQ(numbers.at("x.y").interval->hi, 1.2);
}

TEST(Collect, SeedsGiveMeanAndStudentsInterval) {
  const auto numbers = merge({trained("learned", 0, 4.0), trained("learned", 1, 4.2)});
  const auto& loss = numbers.at("loss.learned");
  EXPECT_DOUBLE_EQ(loss.value, 4.1);
  EXPECT_EQ(loss.n, 2);
  EXPECT_EQ(loss.interval->method, "t over seeds");
  // t(0.975, 1 degree) = 12.7062; standard error = 0.1
  EXPECT_NEAR(loss.interval->hi, 4.1 + 1.27062, 1e-5);
}

TEST(Collect, OneNameHasOneMeaning) {
  const Number number{1, "share", 1, {}};
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.y", number), with_number("b.json", "x.y", number)});
            }),
            "x.y is in both a.json and b.json; a name has one meaning");
  auto other_seed = with_number("b.json", "x.y", {1, "ratio", 1, {}});
  other_seed.seed = 1;
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.y", number), other_seed});
            }),
            "x.y is in share in a.json and in ratio in b.json");
  auto arm = with_number("c.json", "x.y", number);
  arm.arm = "copy";
  EXPECT_EQ(error_of([&] {
              merge({with_number("a.json", "x.copy.y", number), arm});
            }),
            "x.copy.y is in both a.json and c.json; a name has one meaning");
}

TEST(Collect, ReadsWhatAStageWrites) {
  const auto file = std::filesystem::temp_directory_path() / "rank-collapse-collect-test.json";
  write_json(file, synthetic_result("ablate", "copy", 3));
  const auto result = read_result(file);
  EXPECT_EQ(result.arm, "copy");
  EXPECT_EQ(result.seed, 3);
  EXPECT_FALSE(result.once);
  EXPECT_TRUE(result.numbers.contains("ablate.low_gain.60.share"));
  write_json(file, synthetic_result("time-kernels", "", 0));
  EXPECT_TRUE(read_result(file).once);
  write_json(file, {{"numbers", {{"x", {{"value", nullptr}, {"unit", ""}, {"n", 1}}}}}});
  const auto error = error_of([&] { read_result(file); });
  EXPECT_NE(error.find(file.string() + ": x: "), std::string::npos) << error;
  write_json(file, {{"seed", 0}, {"arm", "learned"}});
  EXPECT_THROW(read_result(file), UserError);
  std::filesystem::remove(file);
}

TEST(Collect, PairsLossesBySeed) {
  const std::vector<StageResult> results = {trained("learned", 0, 4.0), trained("learned", 1, 5.0),
                                            trained("thin16", 0, 4.1), trained("thin16", 1, 5.1),
                                            trained("copy", 1, 1.0)};
  Numbers numbers;
  derive_over_results(numbers, results);
  const auto& thin = numbers.at("loss_difference.thin16");
  EXPECT_NEAR(thin.value, 0.1, 1e-12);
  EXPECT_EQ(thin.n, 2);
  // Paired, the difference is the same in both seeds; unpaired, it would drown in 4.0 against 5.0.
  EXPECT_NEAR(thin.interval->hi, 0.1, 1e-9);
  EXPECT_DOUBLE_EQ(numbers.at("loss_difference.copy").value, -4.0);
  EXPECT_EQ(numbers.at("loss_difference.copy").n, 1);
}

TEST(Collect, OneSeedCombinesBandsInQuadrature) {
  Numbers numbers;
  derive_over_results(numbers, {trained("learned", 0, 4.0), trained("thin16", 0, 4.5)});
  const auto& thin = numbers.at("loss_difference.thin16");
  // upper: own 0.04 above, the other's 0.03 below; lower: own 0.03 below, the other's 0.04 above
  EXPECT_NEAR(thin.interval->hi, 0.5 + 0.05, 1e-12);
  EXPECT_NEAR(thin.interval->lo, 0.5 - 0.05, 1e-12);
}

TEST(Collect, TwoSeedsCompareTheirGains) {
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

TEST(Collect, DerivesWhatFollowsFromOneFile) {
  const auto numbers = numbers_from_json(synthetic_collection().at("numbers"));
  EXPECT_EQ(numbers.at("model.d_k").value, 64);
  EXPECT_EQ(numbers.at("floor.bigram").value, 5.59);
  EXPECT_NEAR(numbers.at("ghost.fraction.gaussian").value, 1 - 22.7 / 64, 1e-12);
  EXPECT_NEAR(numbers.at("gains.ratio.layer_mid").value, 1.71 / 0.62, 1e-12);
  EXPECT_EQ(numbers.at("corpus.used_bytes").value, 40000000);
}

TEST(Collect, OriginalsHaveSources) {
  const auto originals = read_json("paper/originals.json");
  EXPECT_EQ(numbers_from_json(originals).at("original.rank.layer_mid").value, 11.4);
  for (const auto& [name, number] : originals.items()) {
    EXPECT_TRUE(name.starts_with("original.")) << name;
    EXPECT_FALSE(number.at("source").get<std::string>().empty()) << name;
    EXPECT_NO_THROW(check_name(name));
  }
}

}  // namespace
}  // namespace rc
