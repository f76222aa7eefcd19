#include "stages/measure_rank/rank.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rc {
namespace {

/// In the order of SpectralMeasure.
constexpr std::array kMeasures{"pr_eigen", "pr_singular", "entropy_rank", "rank_90", "stable_rank"};

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
  return spectral_scores(key_moments(keys, rope_for(keys)), equal_weights(keys.size(1)))[0];
}

double coordinate_pr(const torch::Tensor& keys) {
  return mean_participation(keys).mean().item<double>();
}

double score(const torch::Tensor& scores, const std::string& name) {
  for (size_t c = 0; c < kSpectralScores.size(); ++c)
    if (kSpectralScores[c].name == name) return scores[static_cast<int64_t>(c)].item<double>();
  ADD_FAILURE() << "no score named " << name;
  return NAN;
}

void expect_measures(const torch::Tensor& spectrum, std::array<double, 5> expected) {
  const auto measures = spectral_measures(spectrum);
  for (int64_t m = 0; m < 5; ++m)
    EXPECT_NEAR(measures[m].item<double>(), expected[m], 1e-9) << kMeasures[m];
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
  const auto keys = moments(keys_of(torch::tensor({{3., 0.}, {1., 0.}})));
  const auto uncentred = pooled_spectra(keys, equal_weights(1), Centring::kUncentred)[0][0];
  const auto centred = pooled_spectra(keys, equal_weights(1), Centring::kCentred)[0][0];
  EXPECT_NEAR(uncentred[0].item<double>(), 5, 1e-12);
  EXPECT_NEAR(centred[0].item<double>(), 1, 1e-12);
  EXPECT_EQ(uncentred[1].item<double>(), 0);
}

TEST(Scores, CoordinatesByHand) {
  const auto keys = torch::tensor({{{3., 2.}, {4., 4.}}, {{1., 2.}, {0., 0.}}}, kDouble);
  const auto pr = mean_participation(keys.unsqueeze(0));
  ASSERT_EQ(pr.sizes(), (std::vector<int64_t>{1, 2}));
  EXPECT_NEAR(pr[0][0].item<double>(), (13 * 13 / 97. + 2) / 2, 1e-12);
  EXPECT_NEAR(pr[0][1].item<double>(), (5 * 5 / 17. + 0) / 2, 1e-12);
  EXPECT_TRUE(pr.equal(moments(keys.unsqueeze(0)).participation));
}

TEST(Scores, CentredSpectraForgetWhatKeysShare) {
  const auto keys = random_keys(2, 3, 32, 8), shift = torch::linspace(-5, 9, 8, kDouble);
  const std::string name = "pr_eigen.centred.before_rope";
  EXPECT_NEAR(score(scores_of(keys), name), score(scores_of(keys + shift), name), 1e-9);
}

TEST(Scores, EqualKeysFillTheCoordinatesAndSpanOneDirection) {
  const auto keys = torch::ones({1, 2, 16, 64}, kDouble);
  const auto s = scores_of(keys);
  EXPECT_NEAR(coordinate_pr(keys), 64, 1e-9);
  EXPECT_NEAR(score(s, "pr_eigen.uncentred.before_rope"), 1, 1e-6);
  EXPECT_EQ(score(s, "pr_eigen.centred.before_rope"), 0);
  EXPECT_EQ(score(s, "rank_90.centred.before_rope"), 0);
  EXPECT_GT(score(s, "pr_eigen.centred.after_rope"), 1.5);  // positions turn them apart
}

TEST(Scores, OneHotKeysSpanAllDirections) {
  const auto keys = torch::eye(8, kDouble).repeat({1, 2, 1, 1});
  const auto s = scores_of(keys);
  EXPECT_NEAR(coordinate_pr(keys), 1, 1e-12);
  EXPECT_NEAR(score(s, "pr_eigen.uncentred.before_rope"), 8, 1e-9);
  // The mean (1/8, ..., 1/8) is one of the eight directions.
  for (const std::string measure : {"pr_eigen", "pr_singular", "entropy_rank", "stable_rank"})
    EXPECT_NEAR(score(s, measure + ".centred.before_rope"), 7, 1e-6) << measure;
}

TEST(Scores, NamesSayWhatIsMeasured) {
  for (const auto& s : kSpectralScores)
    EXPECT_EQ(s.name, std::string(kMeasures[s.measure]) +
                          (s.centring == Centring::kCentred ? ".centred" : ".uncentred") +
                          (s.after_rope ? ".after_rope" : ".before_rope"));
}

TEST(Scores, ScaleDoesNotMatter) {
  const auto keys = random_keys(2, 2, 32, 8);
  EXPECT_TRUE(torch::allclose(scores_of(keys), scores_of(keys * 1e-3)));
}

TEST(Scores, AfterRopeIsTheScoreOfTurnedKeys) {
  const auto keys = random_keys(2, 3, 32, 8) * torch::linspace(0.1, 3, 8, kDouble);
  const auto turned = apply_rope(keys, rope_for(keys));
  EXPECT_TRUE(torch::allclose(turned_keys(keys, rope_for(keys)), turned));
  EXPECT_NEAR(score(scores_of(keys), "pr_eigen.centred.after_rope"),
              score(scores_of(turned), "pr_eigen.centred.before_rope"), 1e-9);
  const auto both = key_moments(keys, rope_for(keys));
  EXPECT_NEAR(both.before_rope.participation.mean().item<double>(), coordinate_pr(keys), 1e-12);
  EXPECT_NEAR(both.after_rope.participation.mean().item<double>(), coordinate_pr(turned), 1e-9);
}

TEST(Scores, HeadsAreAveraged) {
  const auto keys = random_keys(2, 2, 32, 8) * torch::tensor({1., 5.}).view({2, 1, 1, 1});
  const auto one = scores_of(keys.narrow(0, 0, 1)), two = scores_of(keys.narrow(0, 1, 1));
  EXPECT_TRUE(torch::allclose(scores_of(keys), (one + two) / 2));
}

TEST(Scores, WeightsPoolSequences) {
  const auto keys = random_keys(1, 3, 32, 8) * torch::rand({1, 3, 1, 8}, kDouble);
  const auto weights = torch::tensor({{0., 1., 0.}, {0.5, 0., 0.5}}, kDouble);
  const auto all = key_moments(keys, rope_for(keys));
  const auto pooled = spectral_scores(all, weights);
  const auto alone = scores_of(keys.narrow(1, 1, 1));
  const auto outer = scores_of(keys.index_select(1, torch::tensor({0, 2})));
  EXPECT_TRUE(torch::allclose(pooled[0], alone));
  EXPECT_TRUE(torch::allclose(pooled[1], outer));
  EXPECT_TRUE(torch::allclose(centred_pr_eigen(all.before_rope, weights), pooled.select(1, 0)));
}

}  // namespace
}  // namespace rc
