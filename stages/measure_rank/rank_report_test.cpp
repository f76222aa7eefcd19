#include "stages/measure_rank/rank_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numeric>

#include "model/tensors.h"
#include "pipeline/error.h"
#include "stages/measure_rank/entropy.h"
#include "stages/measure_rank/layer_groups.h"
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
};

TEST(LayerThirds, TwentyTwoLayersAndThree) {
  const auto thirds = layer_thirds(22);
  EXPECT_EQ(thirds[0].name, "middle");
  EXPECT_EQ(thirds[0].layers, (std::vector<int64_t>{7, 8, 9, 10, 11, 12, 13}));
  EXPECT_EQ(thirds[1].name, "deep");
  EXPECT_EQ(thirds[1].layers, (std::vector<int64_t>{14, 15, 16, 17, 18, 19, 20, 21}));
  for (const auto& third : layer_thirds(3)) EXPECT_EQ(third.layers.size(), 1u) << third.name;
}

TEST_F(MeasuredRunTest, MeasuresAreThoseOfTheFiles) {
  const auto files = write_synthetic_run(folder_, {});
  const auto run = measure(files);
  EXPECT_EQ(run.steps, (std::vector<long>{0, 10, 20}));
  const auto rope = make_rope(16, 8, 10000);
  const auto exact = [&](size_t snapshot) {
    return KeySnapshot::open(files[snapshot]).keys(4).to(torch::kFloat64);
  };
  for (size_t i = 0; i < files.size(); ++i)
    EXPECT_NEAR(run.coordinate_pr[static_cast<int64_t>(i)][4].item<double>(),
                coordinate_participation(exact(i)).mean().item<double>(), 1e-12);
  const auto scores_of = [&](const KeyMoments& m) { return spectral_scores(m, equal_weights(4)); };
  for (const auto& [measured, i] : {std::pair{&run.initial, 0}, std::pair{&run.final, 2}}) {
    const auto file = KeySnapshot::open(files[i]);
    EXPECT_TRUE(
        torch::allclose(scores_of(measured->moments[4]), scores_of(key_moments(exact(i), rope))));
    const auto entropy =
        attention_entropy(apply_rope(file.queries(4), rope), apply_rope(file.keys(4), rope));
    EXPECT_TRUE(torch::allclose(measured->entropy[4], entropy));
  }
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
  const auto numbers = rank_numbers(measure(write_synthetic_run(folder_, {.context = 256})));
  for (const auto& score : kSpectralScores) {
    const auto name = std::string("rank.") + score.name;
    const auto value = [&](const char* what) { return numbers.at(name + what).value; };
    EXPECT_NEAR(value(".final.deep") / value(".null.same_gains.deep"), 1, 0.08) << name;
    EXPECT_NEAR(value(".final.deep") / value(".null.permuted.deep"), 1, 0.08) << name;
    EXPECT_LT(value(".final.deep") / value(".null.gaussian.deep"), 0.8) << name;  // gains are seen
  }
}

TEST_F(MeasuredRunTest, ThreadsDoNotChangeTheNumbers) {
  const auto files = write_synthetic_run(folder_, {});
  const auto numbers_with = [&](long threads) {
    prepare_cpu(threads);
    return rank_report(measure(files)).dump();
  };
  const auto one = numbers_with(1);
  for (const long threads : {2, 4}) EXPECT_EQ(numbers_with(threads), one) << threads << " threads";
  prepare_cpu(1);
}

TEST_F(MeasuredRunTest, IntervalsHoldTheirValuesAndSayWhatTheyAreOver) {
  for (const auto& [name, number] : rank_numbers(measure(write_synthetic_run(folder_, {})))) {
    if (!number.interval) continue;
    EXPECT_LE(number.interval->lo, number.value) << name;
    EXPECT_GE(number.interval->hi, number.value) << name;
    const bool whole = name.starts_with("rank.rank_90");  // these may all agree
    EXPECT_TRUE(whole || number.interval->lo < number.interval->hi) << name;
    const bool mean = name.starts_with("rank.coordinate_pr") || name.starts_with("ghost") ||
                      (name.ends_with(".middle") && name.starts_with("entropy"));
    EXPECT_EQ(number.interval->method, mean ? "t over sequences" : "t over sequences (jackknife)")
        << name;
  }
}

TEST_F(MeasuredRunTest, ReportHoldsTheCurveOfEverySnapshotAndLayer) {
  const auto report = rank_report(measure(write_synthetic_run(folder_, {})));
  EXPECT_EQ(report["steps"], (nlohmann::json{0, 10, 20}));
  EXPECT_EQ(report["plotted_layers"], (nlohmann::json{1, 3, 4}));
  ASSERT_EQ(report["coordinate_pr"].size(), 3u);
  EXPECT_EQ(report["coordinate_pr"][2].size(), 6u);
  EXPECT_EQ(report["null"]["coordinate_pr"]["gaussian"],
            report["numbers"]["rank.coordinate_pr.null.gaussian"]["value"]);
}

TEST_F(MeasuredRunTest, SpectraSumToOneLargestFirstBesideTheirNulls) {
  const auto spectra =
      rank_report(measure(write_synthetic_run(folder_, {.context = 256})))["spectra"];
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
  const auto report = rank_report(measure(write_synthetic_run(folder_, {})));
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
}

TEST_F(MeasuredRunTest, DirectionsAreHeldAgainstThoseOfTheStartAndOfRandomProjections) {
  const auto files = write_synthetic_run(folder_, {.context = 256});
  const auto numbers = rank_numbers(measure(files));
  const auto by_hand = [&](const torch::Tensor& keys) {
    const auto x = keys.to(torch::kFloat64).flatten(1, 2);  // [heads, tokens of all sequences, d]
    const auto centred = x - x.mean(1, /*keepdim=*/true);
    const auto covariance = centred.transpose(1, 2).matmul(centred);
    const auto trace = covariance.diagonal(0, 1, 2).sum(-1);
    return (trace.square() / covariance.square().sum(at::IntArrayRef{1, 2})).mean().item<double>();
  };
  const auto first = KeySnapshot::open(files.front()), last = KeySnapshot::open(files.back());
  const std::string name = "rank.pr_eigen.centred.before_rope";
  const auto value = [&](const std::string& what) { return numbers.at(name + what).value; };
  EXPECT_NEAR(value(".initial.middle"), (by_hand(first.keys(2)) + by_hand(first.keys(3))) / 2,
              1e-6);
  EXPECT_NEAR(value(".final.deep"), (by_hand(last.keys(4)) + by_hand(last.keys(5))) / 2, 1e-6);
  EXPECT_NEAR(value(".random_projection.deep"),
              (by_hand(last.random_keys(4)) + by_hand(last.random_keys(5))) / 2, 1e-6);
  // The start and the random keys are isotropic, the last keys are not.
  EXPECT_LT(value(".final.deep"), 0.6 * value(".random_projection.deep"));
  EXPECT_NEAR(value(".initial.deep"), value(".random_projection.deep"), 0.3);
}

/// Of the run with this entropy at the last snapshot.
Numbers entropy_numbers(MeasuredRun run, const std::function<torch::Tensor(size_t)>& entropy) {
  for (size_t layer = 0; layer < run.final.entropy.size(); ++layer)
    run.final.entropy[layer] = entropy(layer);
  return rank_numbers(run);
}

TEST_F(MeasuredRunTest, EntropyIsCorrelatedWithTheRankOfTheLastSnapshotsHeads) {
  const std::string plain = "entropy.spearman_with_pr.final",
                    partial = "entropy.partial_spearman_with_pr.final";
  auto run = measure(write_synthetic_run(folder_, {}));
  const auto participation = [&](size_t layer) {
    return run.final.moments[layer].before_rope.participation.repeat_interleave(2, 0);
  };
  // The mean over sequences of an increasing straight line keeps every order.
  const auto same = entropy_numbers(run, [&](size_t l) { return 2 * participation(l) + 1; });
  EXPECT_NEAR(same.at(plain).value, 1, 1e-12);
  EXPECT_NEAR(same.at(partial).value, 1, 1e-12);
  EXPECT_LE(same.at(plain).interval->hi, 1);
  // Both follow the layer, and within a layer one falls where the other rises.
  for (size_t l = 0; l < 6; ++l)
    run.final.moments[l].before_rope.participation += 100 * static_cast<double>(l);
  const auto against = entropy_numbers(
      run, [&](size_t l) { return 200 * static_cast<double>(l) - participation(l); });
  EXPECT_GT(against.at(plain).value, 0.9);
  EXPECT_LT(against.at(partial).value, -0.9);
  const auto constant =
      entropy_numbers(run, [&](size_t l) { return torch::full_like(participation(l), 0.5); });
  EXPECT_FALSE(constant.contains(plain) || constant.contains(partial));
}

TEST_F(MeasuredRunTest, SnapshotsOfTwoShapesAreRefused) {
  auto files = write_synthetic_run(folder_ / "a", {});
  files.push_back(write_synthetic_run(folder_ / "b", {.d_k = 4})[1]);
  EXPECT_THROW(measure(files), UserError);
  EXPECT_THROW(measure({}), UserError);
}

TEST_F(MeasuredRunTest, PairsInAnotherOrderScoreAsBeforeWithTheirOwnFrequencies) {
  const auto plain = measure(write_synthetic_run(folder_ / "a", {})).final;
  const auto moved = measure(write_synthetic_run(folder_ / "b", {.scattered_pairs = true})).final;
  for (size_t l = 0; l < 6; ++l) {
    const auto scores_of = [&](const MeasuredKeys& keys) {
      return spectral_scores(keys.moments[l], equal_weights(4));
    };
    EXPECT_TRUE(torch::allclose(scores_of(moved), scores_of(plain))) << l;
    EXPECT_TRUE(torch::allclose(moved.moments[l].after_rope.participation,
                                plain.moments[l].after_rope.participation))
        << l;
    EXPECT_TRUE(torch::allclose(moved.entropy[l], plain.entropy[l], 1e-5, 1e-6)) << l;
  }
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

/// Of layers with bases of their own, or stretched for a longer context.
TEST_F(MeasuredRunTest, AnglesOfAFileComeBeforeItsFrequencies) {
  const auto file = folder_ / "angles.safetensors";
  NamedTensors tensors{{"gain_k", torch::ones({2, 4})},
                       {"rope_angles", torch::tensor({{1.0, 0.5}, {1.0, 0.25}})}};
  const auto rope = [&](long layer) {
    save_tensors(file, tensors,
                 {{"step", "0"}, {"context", "5"}, {"sequences", "2"}, {"rope_base", "100"}});
    return KeySnapshot::open(file).rope(layer);
  };
  EXPECT_NEAR(rope(0).cos[4][1].item<float>(), std::cos(2.0), 1e-6);
  EXPECT_NEAR(rope(1).sin[4][1].item<float>(), std::sin(1.0), 1e-6);
  tensors["rope_angles"] = torch::ones({2, 3});
  EXPECT_THROW(rope(0), UserError);
}

/// A checkpoint without its training: what it was at the start nobody knows.
TEST_F(MeasuredRunTest, OfOneSnapshotSaysNothingOfAStart) {
  const auto files = write_synthetic_run(folder_, {});
  const auto one = rank_report(measure({files.back()})).at("numbers");
  const auto all = rank_report(measure(files)).at("numbers");
  for (const auto& [name, number] : all.items()) {
    const bool of_start = name.find(".initial") != name.npos;
    EXPECT_EQ(one.contains(name), !of_start) << name;
    if (of_start) continue;
    EXPECT_NEAR(one[name]["value"], number["value"], 1e-9) << name;
  }
  EXPECT_TRUE(all.contains("rank.coordinate_pr.initial"));
}

/// No variance is no rank, and zero keys use no coordinate: 0, wherever a ratio would be 0 / 0.
TEST_F(MeasuredRunTest, KeysThatAreConstantOrZeroUseNoDirection) {
  const auto files = write_synthetic_run(folder_, {});
  const auto old = Safetensors::open(files.back());
  NamedTensors tensors;
  for (const auto& [name, view] : old.tensors()) tensors[name] = to_torch(view);
  tensors["k.4"].copy_(torch::linspace(0.1, 0.7, 8));
  for (const auto* name : {"k.5", "q.5"}) tensors[name].zero_();
  for (const auto* name : {"gain_k", "gain_q"}) tensors[name][5].zero_();
  save_tensors(files.back(), tensors, old.metadata());
  const auto report = rank_report(measure(files));
  const auto value = [&](const std::string& name) {
    return report["numbers"].at(name)["value"].get<double>();
  };
  for (const auto& score : kSpectralScores) {
    if (score.centring != Centring::kCentred || score.after_rope) continue;
    EXPECT_EQ(value("rank." + std::string(score.name) + ".final.deep"), 0) << score.name;
  }
  EXPECT_EQ(report["coordinate_pr"][2][5], 0);
  EXPECT_EQ(value("rank.coordinate_pr.final.deep"),
            report["coordinate_pr"][2][4].get<double>() / 2);
  const auto fields = report.flatten();
  for (const auto& [where, field] : fields.items())
    EXPECT_TRUE(!field.is_number() || std::isfinite(field.get<double>())) << where;
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
