#include "stages/measure_rank/rank.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

const auto kDouble = torch::TensorOptions(torch::kFloat64);

torch::Tensor random_keys(long heads, long sequences, long tokens, long d) {
  return torch::randn({heads, sequences, tokens, d}, kDouble);
}

/// One head, one sequence.
torch::Tensor keys_of(const torch::Tensor& rows) {
  return rows.to(torch::kFloat64).unsqueeze(0).unsqueeze(0);
}

Rope rope_for(const torch::Tensor& keys) { return make_rope(keys.size(2), keys.size(3), 10000); }

torch::Tensor scores_of(const torch::Tensor& keys) {
  return scores(moments(keys, rope_for(keys)), equal_weights(keys.size(1)))[0];
}

double score(const torch::Tensor& scores, const std::string& name) {
  for (size_t c = 0; c < score_names().size(); ++c)
    if (score_names()[c] == name) return scores[static_cast<int64_t>(c)].item<double>();
  ADD_FAILURE() << "no score named " << name;
  return NAN;
}

void expect_measures(const torch::Tensor& spectrum, std::array<double, 5> expected) {
  const auto measures = spectral_measures(spectrum);
  for (int64_t m = 0; m < 5; ++m)
    EXPECT_NEAR(measures[m].item<double>(), expected[m], 1e-9) << kSpectralMeasures[m];
}

TEST(CoordinateParticipation, HandComputed) {
  const auto x = torch::tensor(
      {{1., 0., 0., 0.}, {1., 1., 0., 0.}, {3., 4., 0., 0.}, {2., 2., 2., 2.}, {0., 0., 0., 0.}},
      kDouble);
  const auto pr = coordinate_participation(x);
  const double expected[] = {1, 2, 625. / 337, 4, 0};
  for (int64_t i = 0; i < 5; ++i) EXPECT_DOUBLE_EQ(pr[i].item<double>(), expected[i]);
}

TEST(SpectralMeasures, FlatSpectrumHasFullRank) {
  expect_measures(torch::full({10}, 0.3, kDouble), {10, 10, 10, 9, 10});
}

TEST(SpectralMeasures, OneEigenvalueIsRankOne) {
  expect_measures(torch::tensor({0., 7., 0.}, kDouble), {1, 1, 1, 1, 1});
}

TEST(SpectralMeasures, TwoEigenvaluesByHand) {
  const double entropy = -(0.8 * std::log(0.8) + 0.2 * std::log(0.2));
  expect_measures(torch::tensor({1., 4.}, kDouble),
                  {25. / 17, 9. / 5, std::exp(entropy), 2, 5. / 4});
}

TEST(SpectralMeasures, NoVarianceHasNoRank) {
  expect_measures(torch::zeros({4}, kDouble), {0, 0, 0, 0, 0});
}

TEST(Spectra, SecondMomentAndCovarianceByHand) {
  // Second moment diag(5, 0); the mean (2, 0) taken off leaves diag(1, 0).
  const auto keys = keys_of(torch::tensor({{3., 0.}, {1., 0.}}));
  const auto spectra = pooled_spectra(moments(keys, rope_for(keys)), equal_weights(1))[0][0];
  EXPECT_NEAR(spectra[0][0][0].item<double>(), 5, 1e-12);
  EXPECT_NEAR(spectra[1][0][0].item<double>(), 1, 1e-12);
  EXPECT_EQ(spectra[0][0][1].item<double>(), 0);
}

TEST(Scores, CentredCoordinatesByHand) {
  // The mean of all four tokens is (2, 2), that of neither sequence is; what is left is (1, 0),
  // (2, 2), (-1, 0), (-2, -2).
  const auto keys = torch::tensor({{{3., 2.}, {4., 4.}}, {{1., 2.}, {0., 0.}}}, kDouble);
  const auto s = scores_of(keys.unsqueeze(0));
  EXPECT_NEAR(score(s, "coordinate_pr.centred.before_rope"), (1 + 1 + 2 + 2) / 4., 1e-12);
  EXPECT_NEAR(score(s, "coordinate_pr.before_rope"), (13 * 13 / 97. + 5 * 5 / 17. + 2 + 0) / 4,
              1e-12);
}

TEST(Scores, CentredKeysForgetWhatTheyShare) {
  const auto keys = random_keys(2, 3, 32, 8), shift = torch::linspace(-5, 9, 8, kDouble);
  const std::string name = "coordinate_pr.centred.before_rope";
  EXPECT_NEAR(score(scores_of(keys), name), score(scores_of(keys + shift), name), 1e-9);
}

TEST(Scores, EqualKeysFillTheCoordinatesAndSpanOneDirection) {
  const auto s = scores_of(torch::ones({1, 2, 16, 64}, kDouble));
  EXPECT_NEAR(score(s, "coordinate_pr.before_rope"), 64, 1e-9);
  EXPECT_EQ(score(s, "coordinate_pr.centred.before_rope"), 0);
  EXPECT_NEAR(score(s, "pr_singular.uncentred.before_rope"), 1, 1e-6);
  EXPECT_EQ(score(s, "rank_90.uncentred.before_rope"), 1);
  EXPECT_EQ(score(s, "pr_eigen.centred.before_rope"), 0);
  EXPECT_GT(score(s, "pr_eigen.uncentred.after_rope"), 1.5);  // positions turn them apart
}

TEST(Scores, OneHotKeysSpanAllDirections) {
  const auto s = scores_of(torch::eye(8, kDouble).repeat({1, 2, 1, 1}));
  EXPECT_NEAR(score(s, "coordinate_pr.before_rope"), 1, 1e-12);
  for (const std::string measure : {"pr_eigen", "pr_singular", "entropy_rank", "stable_rank"}) {
    EXPECT_NEAR(score(s, measure + ".uncentred.before_rope"), 8, 1e-9) << measure;
  }
  // The mean (1/8, ..., 1/8) is one of the eight directions.
  EXPECT_NEAR(score(s, "pr_eigen.centred.before_rope"), 7, 1e-9);
}

TEST(Scores, NamesAreTwentyFourAndTheFirstAreOfCoordinates) {
  EXPECT_EQ(score_names().size(), 24u);
  for (int64_t c = 0; c < 24; ++c)
    EXPECT_EQ(score_names()[c].starts_with("coordinate_pr"), c < kCoordinateColumns) << c;
}

TEST(Scores, ScaleDoesNotMatter) {
  const auto keys = random_keys(2, 2, 32, 8);
  EXPECT_TRUE(torch::allclose(scores_of(keys), scores_of(keys * 1e-3)));
}

TEST(Scores, AfterRopeIsTheScoreOfTurnedKeys) {
  const auto keys = random_keys(2, 3, 32, 8) * torch::linspace(0.1, 3, 8, kDouble);
  const auto own = scores_of(keys), turned = scores_of(apply_rope(keys, rope_for(keys)));
  for (const std::string name :
       {"coordinate_pr", "coordinate_pr.centred", "pr_eigen.centred", "stable_rank.uncentred"})
    EXPECT_NEAR(score(own, name + ".after_rope"), score(turned, name + ".before_rope"), 1e-9)
        << name;
}

TEST(Scores, HeadsAreAveraged) {
  const auto keys = random_keys(2, 2, 32, 8) * torch::tensor({1., 5.}).view({2, 1, 1, 1});
  const auto one = scores_of(keys.narrow(0, 0, 1)), two = scores_of(keys.narrow(0, 1, 1));
  EXPECT_TRUE(torch::allclose(scores_of(keys), (one + two) / 2));
}

TEST(Scores, WeightsPoolSequences) {
  const auto keys = random_keys(1, 3, 32, 8) * torch::rand({1, 3, 1, 8}, kDouble);
  const auto all = moments(keys, rope_for(keys));
  const auto weights = torch::tensor({{0., 1., 0.}, {0.5, 0., 0.5}}, kDouble);
  const auto pooled = scores(all, weights);
  const auto alone = scores_of(keys.narrow(1, 1, 1));
  const auto outer = scores_of(keys.index_select(1, torch::tensor({0, 2})));
  for (size_t c = 0; c < score_names().size(); ++c) {
    // Its centre stays that of all three sequences.
    if (score_names()[c].starts_with("coordinate_pr.centred")) continue;
    const auto column = static_cast<int64_t>(c);
    EXPECT_NEAR(pooled[0][column].item<double>(), alone[column].item<double>(), 1e-9) << c;
    EXPECT_NEAR(pooled[1][column].item<double>(), outer[column].item<double>(), 1e-9) << c;
  }
}

}  // namespace
}  // namespace rc
