#include "paper/collect/difficulty.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/error.h"
#include "pipeline/files/safetensors.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using Floats = std::vector<float>;

/// A seed whose 20 tokens in two sequences lose `whole`, and by cutting `low_gain` and `random`
/// more.
TokenLosses seed(long number, const Floats& whole, const Floats& low_gain, const Floats& random) {
  TokenLosses losses{.file = "seed" + std::to_string(number), .seed = number, .sequences = 2};
  losses.percent = "80";
  losses.whole = losses.low_gain = losses.random = whole;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    losses.low_gain[i] += low_gain[i];
    losses.random[i] += random[i];
  }
  return losses;
}

/// first, first + step, ...
Floats ramp(float first, float step) {
  Floats values;
  for (int i = 0; i < 20; ++i) values.push_back(first + step * static_cast<float>(i));
  return values;
}

const Floats kNone(20, 0.0F);

TEST(Difficulty, AnotherSeedSaysWhichTokensAreHard) {
  // Seed 1 finds the tokens hard in the order of their index, seed 0 in the reverse order.
  const auto easy_first = ramp(0, 1), hard_first = ramp(19, -1);
  const auto d = difficulty_of(
      {seed(0, hard_first, ramp(0, 0.5), kNone), seed(1, easy_first, ramp(9.5, -0.5), ramp(4, 0))});
  const auto value = [&](const std::string& name) {
    return d.numbers.at("difficulty." + name).value;
  };
  EXPECT_DOUBLE_EQ(value("low_gain.trend"), 1) << "by the other seed's losses both rise";
  // Two tokens a decile: rises 0.25, 1.25, ... in both seeds.
  EXPECT_NEAR(value("low_gain.slope"), 1, 1e-6);
  EXPECT_NEAR(value("random.slope"), 0, 1e-6);
  EXPECT_EQ(value("random.trend"), 0);
  EXPECT_EQ(d.numbers.at("difficulty.low_gain.trend").n, 2);
  EXPECT_EQ(d.numbers.at("difficulty.low_gain.slope").by_seed.size(), 2u);
  EXPECT_LT(value("low_gain.p"), 0.001) << "no shuffle of two seeds has both in order";
  EXPECT_TRUE(d.numbers.at("difficulty.low_gain.p").by_seed.empty());

  EXPECT_EQ(d.table.at("percent"), 80);
  EXPECT_EQ(d.table.at("decile").size(), 10u);
  EXPECT_NEAR(d.table.at("low_gain").at("rise")[9].get<double>(), 9.25, 1e-6);
  // Mean loss before the cut of those two tokens: 0.5 under seed 0 and 0.5 under seed 1.
  EXPECT_NEAR(d.table.at("token_loss")[9].get<double>(), 0.5, 1e-6);
}

TEST(Difficulty, ATrendOfChanceHasAP) {
  // Rises 0, 1, 0, 1, ... by decile in both seeds: Spearman sqrt(3 / 33 ...) is small.
  Floats zigzag;
  for (int i = 0; i < 20; ++i) zigzag.push_back(i / 2 % 2 ? 1.0F : 0.0F);
  const auto d =
      difficulty_of({seed(0, ramp(0, 1), zigzag, kNone), seed(1, ramp(0, 1), zigzag, kNone)});
  EXPECT_GT(d.numbers.at("difficulty.low_gain.p").value, 0.1);
  EXPECT_LT(d.numbers.at("difficulty.low_gain.p").value, 0.5);
}

TEST(Difficulty, ManySeedsHaveAnIntervalOverSeeds) {
  std::vector<TokenLosses> seeds;
  for (const long number : {0, 1, 2})
    seeds.push_back(seed(number, ramp(0, 1), ramp(static_cast<float>(number), 0), kNone));
  const auto two = difficulty_of({seeds[0], seeds[1]}).table;
  EXPECT_EQ(two.at("interval"), kOverSequences);
  EXPECT_NEAR(two.at("low_gain").at("rise")[3].get<double>(), 0.5, 1e-6);
  EXPECT_NEAR(two.at("low_gain").at("lo")[3].get<double>(), 0.5, 1e-6) << "no sequence differs";
  const auto three = difficulty_of(seeds).table;
  EXPECT_EQ(three.at("interval"), kOverSeeds);
  // Rises 0, 1 and 2: t(0.975, 2 degrees) = 4.30265 standard errors of 1 / sqrt(3).
  EXPECT_NEAR(three.at("low_gain").at("hi")[3].get<double>(), 1 + 4.30265 / std::sqrt(3.0), 1e-5);
}

/// Sequences with more tokens of a decile weigh more.
TEST(Difficulty, TwoSeedsHaveAnIntervalOverSequences) {
  // The two hardest tokens lie in the second sequence; in the easiest decile one in each.
  Floats hard = ramp(0, 1);
  std::swap(hard[1], hard[10]);
  Floats rise = kNone;
  rise[10] = 1;  // hardness 1: the easiest decile's token of the second sequence
  const auto table = difficulty_of({seed(0, hard, rise, kNone), seed(1, hard, rise, kNone)}).table;
  EXPECT_NEAR(table.at("low_gain").at("rise")[0].get<double>(), 0.5, 1e-6);
  // One value a sequence, 0 and 1: t(0.975, 1 degree) = 12.7062 standard errors of 0.5.
  EXPECT_NEAR(table.at("low_gain").at("hi")[0].get<double>(), 0.5 + 12.7062 * 0.5, 1e-4);
}

TEST(Difficulty, SeedsMustHaveTheSameTokens) {
  auto other = seed(1, ramp(0, 1), kNone, kNone);
  other.sequences = 4;
  EXPECT_EQ(
      user_error([&] {
        difficulty_of({seed(0, ramp(0, 1), kNone, kNone), other});
      }),
      "seed0 and seed1 hold losses of 2 and 4 sequences, 20 and 20 tokens, 80 and 80 % cut; run "
      "stage ablate again for both");
}

TEST(Difficulty, ReadsWhatAblateKeeps) {
  const TestFolder folder;
  const auto file = folder.path() / kTokenLosses;
  const auto losses = ramp(0, 1);
  const auto write = [&](const std::vector<std::int64_t>& shape,
                         const std::map<std::string, std::string>& metadata) {
    const TensorView view{"F32", shape, std::as_bytes(std::span(losses))};
    write_safetensors(file, {{"baseline", view}, {"low_gain", view}, {"random", view}}, metadata);
  };
  write({2, 10}, {{"percent", "80"}});
  const auto read = read_token_losses(file, 7);
  EXPECT_EQ(read.seed, 7);
  EXPECT_EQ(read.sequences, 2u);
  EXPECT_EQ(read.percent, "80");
  EXPECT_EQ(read.random, losses);
  write({20}, {{"percent", "80"}});
  EXPECT_NE(user_error([&] { read_token_losses(file, 7); }).find("run stage ablate again"),
            std::string::npos);
  write({2, 10}, {});
  EXPECT_NE(user_error([&] { read_token_losses(file, 7); }), "");
}

}  // namespace
}  // namespace rc
