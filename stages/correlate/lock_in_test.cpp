#include "stages/correlate/lock_in.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

GainHistory history_of(std::vector<Rows> keys) {
  GainHistory history{.steps = {}, .keys = std::move(keys), .queries = {}};
  for (std::size_t i = 0; i < history.keys.size(); ++i)
    history.steps.push_back(10 * static_cast<long>(i));
  return history;
}

const Rows kEnd{{1, 2, 3, 4}, {4, 3, 2, 1}};
const Rows kReversed{{4, 3, 2, 1}, {1, 2, 3, 4}};
const Rows kOnes{{1, 1, 1, 1}, {1, 1, 1, 1}};

void expect_agreement(const GainHistory& history, const std::vector<double>& expected) {
  const auto agreement = agreement_with_end(history);
  ASSERT_EQ(agreement.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(agreement[i], expected[i], 1e-12);
}

TEST(LockIn, AgreementIsTheMeanOverLayers) {
  const Rows half{{1, 2, 3, 4}, {1, 2, 3, 4}};  // layer 0 agrees, layer 1 is reversed
  expect_agreement(history_of({kOnes, kReversed, half, kEnd}), {0, -1, 0, 1});
}

// The last snapshot agrees with itself. An order that was never above 0.9 before is locked from
// there on at the earliest: the fraction is 1, not that of the last step seen without it.
TEST(LockIn, IsTheFirstStepThatStays) {
  EXPECT_EQ(lock_in_fraction(history_of({kOnes, kEnd, kReversed, kEnd, kEnd})), 0.75);
  EXPECT_EQ(lock_in_fraction(history_of({kEnd, kEnd, kEnd})), 0);
  EXPECT_EQ(lock_in_fraction(history_of({kOnes, kReversed, kEnd})), 1);
}

TEST(LockIn, AgreementMustBeAboveNineTenths) {
  const Rows four{{1, 2, 3, 4}}, four_swapped{{1, 2, 4, 3}};            // Spearman 0.8
  const Rows six{{1, 2, 3, 4, 5, 6}}, six_swapped{{1, 2, 3, 4, 6, 5}};  // Spearman 0.943
  EXPECT_EQ(lock_in_fraction(history_of({four_swapped, four_swapped, four})), 1);
  EXPECT_EQ(lock_in_fraction(history_of({six_swapped, six_swapped, six})), 0);
}

TEST(LockIn, ConstantLayersAreLeftOutAndConstantGainsHaveNone) {
  const Rows one_frozen{{1, 1, 1, 1}, {4, 3, 2, 1}};
  expect_agreement(history_of({kEnd, one_frozen}), {1, 1});
  EXPECT_EQ(lock_in_fraction(history_of({kOnes, kOnes})), std::nullopt);
}

/// Gains of 3 layers at these steps: 1, plus `drift` a step and dimension, plus noise that grows as
/// a random walk.
struct Motion {
  double drift = 0;       // of size up to this, another in every dimension
  double diffusion = 0;   // deviation a step
  double common = 0;      // of all gains alike
  long stops_at = 1'000;  // nothing moves after this step
};

GainHistory moving(const std::vector<long>& steps, const Motion& motion, unsigned seed = 1) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Rows speed(3, std::vector<double>(32)), gains(3, std::vector<double>(32, 1.0));
  for (auto& layer : speed)
    for (auto& x : layer) x = motion.drift * normal(random);
  GainHistory history{.steps = steps, .keys = {gains}, .queries = {}};
  for (std::size_t s = 1; s < steps.size(); ++s) {
    const auto moved = static_cast<double>(std::min(steps[s], motion.stops_at) -
                                           std::min(steps[s - 1], motion.stops_at));
    for (std::size_t l = 0; l < 3; ++l)
      for (std::size_t i = 0; i < 32; ++i)
        gains[l][i] += moved * (speed[l][i] + motion.common) +
                       std::sqrt(moved) * motion.diffusion * normal(random);
    history.keys.push_back(gains);
  }
  return history;
}

const std::vector<long> kTwenty{0,  5,  10, 15, 20, 25, 30, 35, 40, 45, 50,
                                55, 60, 65, 70, 75, 80, 85, 90, 95, 100};
const std::vector<long> kUneven{0, 1, 2, 4, 8, 10, 16, 20, 30, 40, 50, 60, 64, 70, 80, 90, 100};
constexpr NullSettings kWalks{.draws = 199, .seed = 5};

double walk_05(const GainHistory& history) {
  return quantile(lock_in_of_walks(history, kWalks), 0.05);
}

TEST(RandomWalk, KeepsStepsAndTheSizeOfEveryIncrementBesideTheCommonOne) {
  // Increments 3 1 -1 1 (common 1: 2 0 -2 0), then 0 1 0 3 (common 1: -1 0 -1 2).
  const auto history = history_of({{{1, 1, 1, 1}}, {{4, 2, 0, 2}}, {{4, 3, 0, 5}}});
  const Rows sizes{{2, 0, 2, 0}, {1, 0, 1, 2}};
  std::mt19937_64 random(1);
  std::vector<int> ups(4, 0);
  for (int draw = 0; draw < 400; ++draw) {
    const auto walk = random_walk(history, random);
    EXPECT_EQ(walk.steps, history.steps);
    ASSERT_EQ(walk.keys.size(), 3u);
    EXPECT_EQ(walk.keys[0], history.keys[0]);
    for (std::size_t s = 0; s < 2; ++s)
      for (std::size_t i = 0; i < 4; ++i) {
        const double increment = walk.keys[s + 1][0][i] - walk.keys[s][0][i];
        EXPECT_EQ(std::abs(increment), sizes[s][i]);
        if (s == 0) ups[i] += increment > 0;
      }
  }
  for (const auto i : {0, 2}) EXPECT_NEAR(ups[i], 200, 40);  // four deviations of a fair coin
}

TEST(LockInOfWalks, GainsThatDriftAreEarlierAtEvenAndUnevenSteps) {
  for (const auto& steps : {kTwenty, kUneven}) {
    const auto drifting = moving(steps, {.drift = 0.01});
    EXPECT_EQ(lock_in_fraction(drifting), static_cast<double>(steps[1]) / 100);
    EXPECT_GT(walk_05(drifting), 0.6);
  }
  EXPECT_NEAR(median(lock_in_of_walks(moving(kTwenty, {.drift = 0.01}), kWalks)), 0.81, 0.1);
}

TEST(LockInOfWalks, GainsThatDiffuseAreOneOfThem) {
  int early = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    const auto diffusing = moving(kUneven, {.diffusion = 0.01}, seed);
    early += *lock_in_fraction(diffusing) < walk_05(diffusing);
  }
  EXPECT_LE(early, 5);  // 2 expected; more than 5 once in 70 times
}

TEST(LockInOfWalks, ThatStopEarlyAreEarlyThemselves) {
  const auto stopping = moving(kTwenty, {.diffusion = 0.01, .stops_at = 30});
  EXPECT_LE(quantile(lock_in_of_walks(stopping, kWalks), 0.95), 0.3);
  EXPECT_GE(*lock_in_fraction(stopping), walk_05(stopping));
}

/// Decay that all gains share would make long steps of short ones.
TEST(LockInOfWalks, DoNotSeeWhatAllGainsShare) {
  const Motion stopping{.diffusion = 0.01, .stops_at = 30};
  auto decaying = moving(kTwenty, stopping);
  for (std::size_t s = 0; s < kTwenty.size(); ++s)
    for (auto& layer : decaying.keys[s])
      for (auto& gain : layer) gain -= 0.01 * static_cast<double>(kTwenty[s]);
  EXPECT_EQ(lock_in_of_walks(decaying, kWalks),
            lock_in_of_walks(moving(kTwenty, stopping), kWalks));
}

TEST(LockInOfWalks, LeaveConstantLayersOutAndNeedAnOrder) {
  const auto drifting = moving(kTwenty, {.drift = 0.01});
  auto with_frozen = drifting;
  for (auto& gains : with_frozen.keys) gains.insert(gains.begin(), std::vector<double>(32, 1.0));
  EXPECT_EQ(lock_in_of_walks(with_frozen, kWalks), lock_in_of_walks(drifting, kWalks));
  EXPECT_TRUE(lock_in_of_walks(history_of({kOnes, kOnes}), kWalks).empty());
}

}  // namespace
}  // namespace rc
