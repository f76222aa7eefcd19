#include "stages/measure_rank/rank_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <numeric>

#include "model/tensors.h"
#include "pipeline/error.h"
#include "stages/measure_rank/entropy.h"
#include "stages/measure_rank/rank_numbers.h"
#include "stages/measure_rank/synthetic_run.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

class MeasuredRunTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("rc_measure_rank_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static MeasuredRun measure(const std::vector<fs::path>& files) {
    return measure_run(files, 2, 0, [](long) {});
  }
  fs::path folder_;
  const torch::Tensor weights_ = bootstrap_weights(4, 50, 0);
};

TEST(LayerGroups, TwentyTwoLayersAndThree) {
  const auto groups = layer_groups(22);
  ASSERT_EQ(groups.size(), 5u);
  EXPECT_EQ(groups[1].layers, std::vector<int64_t>{11});
  EXPECT_EQ(groups[2].layers, std::vector<int64_t>{20});
  EXPECT_EQ(groups[3].layers, (std::vector<int64_t>{7, 8, 9, 10, 11, 12, 13}));
  EXPECT_EQ(groups[4].layers, (std::vector<int64_t>{14, 15, 16, 17, 18, 19, 20, 21}));
  for (const auto& group : layer_groups(3)) EXPECT_EQ(group.layers.size(), 1u) << group.name;
}

TEST(BootstrapWeights, EachDrawsAsManySequencesAsThereAre) {
  const auto weights = bootstrap_weights(8, 400, 5);
  EXPECT_TRUE(torch::allclose(weights.sum(1), torch::ones({400}, torch::kFloat64)));
  EXPECT_TRUE((weights * 8).eq((weights * 8).round()).all().item<bool>());
  EXPECT_LT((weights.mean(0) * 8 - 1).abs().max().item<double>(), 0.2);
}

TEST_F(MeasuredRunTest, ScoresAreThoseOfTheFile) {
  const auto files = write_synthetic_run(folder_, {});
  const auto run = measure(files);
  ASSERT_EQ(run.snapshots.size(), 3u);
  const auto file = KeySnapshot::open(files[1]);
  const auto keys = file.keys(4), queries = file.queries(4);
  const auto rope = make_rope(16, 8, 10000);
  const auto own = scores(moments(keys.to(torch::kFloat64), rope), equal_weights(4))[0];
  EXPECT_TRUE(torch::allclose(run.snapshots[1].scores[4][kValue], own));
  const auto entropy = attention_entropy(apply_rope(queries, rope), apply_rope(keys, rope));
  EXPECT_TRUE(torch::allclose(run.snapshots[1].entropy[4], entropy));
}

TEST_F(MeasuredRunTest, TokensOfASequenceLieTogetherAndHeadsApart) {
  const auto files = write_synthetic_run(folder_, {});
  const auto flat = to_torch(Safetensors::open(files[0]).at("q.2"));  // [64 tokens, 4 heads, 8]
  const auto queries = KeySnapshot::open(files[0]).queries(2);
  ASSERT_EQ(queries.sizes(), (std::vector<int64_t>{4, 4, 16, 8}));
  EXPECT_TRUE(queries[3][2][5].equal(flat[2 * 16 + 5][3]));
}

TEST_F(MeasuredRunTest, KeysThatAreTheirNullScoreLikeIt) {
  // The synthetic keys are Gaussian keys with the layer's gains: exactly that null.
  const auto files = write_synthetic_run(folder_, {.context = 256});
  const auto last = measure(files).snapshots.back().scores.mean(0);  // over layers
  const auto ratio = last[kValue] / last[kSameGains];
  EXPECT_LT((ratio - 1).abs().max().item<double>(), 0.08);
  EXPECT_LT((last[kValue] / last[kGaussian]).max().item<double>(), 0.8);  // and the gains are seen
}

TEST_F(MeasuredRunTest, ThreadsDoNotChangeTheNumbers) {
  const auto files = write_synthetic_run(folder_, {});
  const auto numbers_with = [&](long threads) {
    prepare_cpu(threads);
    return rank_report(measure(files), bootstrap_weights(4, 130, 0)).dump();
  };
  const auto one = numbers_with(1);
  for (const long threads : {2, 4}) EXPECT_EQ(numbers_with(threads), one) << threads << " threads";
  prepare_cpu(1);
}

TEST_F(MeasuredRunTest, IntervalsHoldTheirValues) {
  for (const auto& [name, number] :
       rank_numbers(measure(write_synthetic_run(folder_, {})), weights_)) {
    if (!number.interval) continue;
    EXPECT_LE(number.interval->lo, number.value) << name;
    EXPECT_GE(number.interval->hi, number.value) << name;
    const bool whole = name.starts_with("rank.rank_90");  // these may all agree
    EXPECT_TRUE(whole || number.interval->lo < number.interval->hi) << name;
  }
}

TEST_F(MeasuredRunTest, ReportHoldsCurvesOfEverySnapshotAndLayer) {
  const auto report = rank_report(measure(write_synthetic_run(folder_, {})), weights_);
  EXPECT_EQ(report["steps"], (nlohmann::json{0, 10, 20}));
  EXPECT_EQ(report["plotted_layers"], (nlohmann::json{1, 3, 4}));
  EXPECT_EQ(report["measures"].size(), 24u);
  for (const auto& [name, curves] : report["measures"].items()) {
    ASSERT_EQ(curves.size(), 4u) << name;
    for (const auto& [set, curve] : curves.items()) {
      ASSERT_EQ(curve.size(), 3u) << name << " " << set;
      EXPECT_EQ(curve[2].size(), 6u) << name << " " << set;
    }
  }
  EXPECT_EQ(report["coordinate_pr"], report["measures"]["coordinate_pr.before_rope"]["value"]);
  EXPECT_EQ(report["measures"]["coordinate_pr.centred.after_rope"]["gaussian"][1][3],
            report["null"]["coordinate_pr"]["gaussian"]);
}

TEST_F(MeasuredRunTest, SpectraSumToOneLargestFirstBesideTheirNulls) {
  const auto spectra =
      rank_report(measure(write_synthetic_run(folder_, {.context = 256})), weights_)["spectra"];
  const auto check = [](const std::vector<double>& shares) {
    ASSERT_EQ(shares.size(), 8u);
    EXPECT_TRUE(std::ranges::is_sorted(shares, std::greater{}));
    EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-9);
  };
  check(spectra["gaussian"]);
  for (const auto* set : {"value", "same_gains", "permuted"}) {
    ASSERT_EQ(spectra[set].size(), 6u) << set;
    check(spectra[set][5]);
    // These keys have independent columns and the layer's gains: three spectra of one kind.
    EXPECT_NEAR(spectra[set][5][0], spectra["value"][5][0], 0.03) << set;
    EXPECT_GT(spectra[set][5][0], 2 * spectra["gaussian"][0].get<double>()) << set;
  }
}

TEST_F(MeasuredRunTest, NumbersAgreeWithTheCurves) {
  const auto report = rank_report(measure(write_synthetic_run(folder_, {})), weights_);
  const auto value = [&](const std::string& name) {
    return report["numbers"].at(name)["value"].get<double>();
  };
  const auto deep = [&](const nlohmann::json& layers) {  // of 6 layers
    return (layers[4].get<double>() + layers[5].get<double>()) / 2;
  };
  const double pr = deep(report["coordinate_pr"][2]);
  EXPECT_NEAR(value("rank.coordinate_pr.final.deep"), pr, 1e-9);
  EXPECT_NEAR(value("rank.coordinate_pr.initial.deep"), deep(report["coordinate_pr"][0]), 1e-9);
  EXPECT_LT(value("rank.coordinate_pr.final.middle"), value("rank.coordinate_pr.initial.middle"));
  EXPECT_NEAR(value("ghost.fraction.deep"), 1 - pr / 8, 1e-9);
  EXPECT_NEAR(value("ghost.fraction_vs_null.deep"),
              1 - pr / value("rank.coordinate_pr.null.gaussian"), 1e-9);
  EXPECT_NEAR(value("entropy.initial.deep"), deep(report["entropy"][0]), 1e-9);
  const auto& curves = report["measures"]["pr_eigen.centred.after_rope"];
  const std::string name = "rank.pr_eigen.centred.after_rope";
  EXPECT_NEAR(value(name + ".final.deep"), deep(curves["value"][2]), 1e-9);
  EXPECT_NEAR(value(name + ".null.permuted.deep"), deep(curves["permuted"][2]), 1e-9);
  EXPECT_NEAR(value(name + ".null.same_gains.deep"), deep(curves["same_gains"][2]), 1e-9);
  for (const std::string null : {"gaussian", "same_gains", "permuted"})
    EXPECT_NEAR(value(name + ".ratio_to_" + null + ".deep"),
                deep(curves["value"][2]) / deep(curves[null][2]), 1e-9);
}

TEST_F(MeasuredRunTest, EveryMeasureIsHeldAgainstEveryNullInItsMiddleAndDeepLayers) {
  const auto numbers = rank_numbers(measure(write_synthetic_run(folder_, {})), weights_);
  for (const auto& score : score_names())
    for (const std::string null : {"gaussian", "same_gains", "permuted", "rotated"})
      for (const std::string group : {"middle", "deep"}) {
        const auto name = "rank." + (score == score_names()[0] ? "coordinate_pr" : score);
        ASSERT_TRUE(numbers.contains(name + ".ratio_to_" + null + "." + group)) << name << null;
        const auto& ratio = numbers.at(name + ".ratio_to_" + null + "." + group);
        EXPECT_EQ(ratio.unit, "ratio");
        if (null == "rotated") {
          EXPECT_NEAR(numbers.at(name + ".null.rotated." + group).value * ratio.value,
                      numbers.at(name + ".final." + group).value, 1e-9);
          if (!basis_free(score)) continue;
          EXPECT_NEAR(ratio.value, 1, 1e-9) << name;
          EXPECT_FALSE(ratio.interval) << name;
        }
      }
}

TEST_F(MeasuredRunTest, SharperAttentionWithLowerRankCorrelates) {
  auto run = measure(write_synthetic_run(folder_, {}));
  for (auto& s : run.snapshots)
    s.entropy = s.participation.repeat_interleave(2, 1).pow(2);  // a monotone image
  EXPECT_NEAR(rank_numbers(run, weights_).at("entropy.spearman_with_pr").value, 1, 1e-3);
  for (auto& s : run.snapshots) s.entropy.fill_(0.5);
  EXPECT_FALSE(rank_numbers(run, weights_).contains("entropy.spearman_with_pr"));
}

TEST_F(MeasuredRunTest, SnapshotsOfTwoShapesAreRefused) {
  auto files = write_synthetic_run(folder_ / "a", {});
  files.push_back(write_synthetic_run(folder_ / "b", {.d_k = 4})[1]);
  EXPECT_THROW(measure(files), UserError);
  EXPECT_THROW(measure({}), UserError);
}

TEST_F(MeasuredRunTest, PairsInAnotherOrderScoreAsBeforeWithTheirOwnFrequencies) {
  const auto plain = measure(write_synthetic_run(folder_ / "a", {})).snapshots.back();
  const auto moved =
      measure(write_synthetic_run(folder_ / "b", {.scattered_pairs = true})).snapshots.back();
  EXPECT_TRUE(torch::allclose(moved.scores.select(1, kValue), plain.scores.select(1, kValue)));
  EXPECT_TRUE(torch::allclose(moved.entropy, plain.entropy, 1e-5, 1e-6));
}

TEST_F(MeasuredRunTest, FrequenciesAreTheFilesOrTheUsualOne) {
  const auto file = folder_ / "frequencies.safetensors";
  std::map<std::string, std::string> metadata{
      {"step", "0"}, {"context", "5"}, {"sequences", "2"}, {"rope_base", "100"}};
  NamedTensors tensors{{"gain_k", torch::ones({2, 4})}};
  const auto cos = [&](long layer) {
    save_tensors(file, tensors, metadata);
    return KeySnapshot::open(file).rope(layer).cos;
  };
  EXPECT_TRUE(cos(1).equal(make_rope(5, 4, 100).cos));
  tensors["rotary_pairs"] = torch::tensor({{1, 0}, {3, 1}}, torch::kInt64);
  EXPECT_THROW(cos(1), UserError);  // frequencies of width 4 have no step 3
  metadata["rope_frequencies"] = "8";
  EXPECT_TRUE(cos(0).equal(make_rope(5, torch::tensor({1, 0}), {8, 100}).cos));
  EXPECT_TRUE(cos(1).equal(make_rope(5, torch::tensor({3, 1}), {8, 100}).cos));
  tensors["rotary_pairs"] = torch::zeros({2, 4}, torch::kInt64);
  EXPECT_THROW(cos(0), UserError);
}

TEST_F(MeasuredRunTest, MissingMetadataAndWrongShapesAreNamed) {
  const auto file = folder_ / "bad.safetensors";
  save_tensors(file, {{"gain_k", torch::ones({1, 4})}, {"k.0", torch::ones({7, 1, 4})}},
               {{"step", "0"}, {"context", "4"}, {"sequences", "2"}});
  EXPECT_THROW(KeySnapshot::open(file), UserError);
  save_tensors(file, {{"gain_k", torch::ones({1, 4})}, {"k.0", torch::ones({7, 1, 4})}},
               {{"step", "0"}, {"context", "4"}, {"sequences", "2"}, {"rope_base", "10000"}});
  EXPECT_THROW(KeySnapshot::open(file).keys(0), UserError);
}

}  // namespace
}  // namespace rc
