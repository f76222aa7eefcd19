#include "stages/correlate/lock_in.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace rc
