#include "bench/interleaved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace rc {
namespace {

using ::testing::Each;
using ::testing::UnorderedElementsAre;

/// Which case was asked for when, repetition by repetition.
std::vector<std::vector<std::size_t>> orders(std::size_t cases, long repetitions) {
  std::vector<std::vector<std::size_t>> asked(1);
  interleaved(cases, repetitions, 0, [&](std::size_t i) {
    if (asked.back().size() == cases) asked.emplace_back();
    asked.back().push_back(i);
    return 1.0;
  });
  return asked;
}

TEST(Interleaved, TakesEveryCaseOnceARepetition) {
  const auto all = orders(4, 50);
  EXPECT_EQ(all.size(), 50u);
  EXPECT_THAT(all, Each(UnorderedElementsAre(0, 1, 2, 3)));
}

TEST(Interleaved, InAllOrders) {
  const auto all = orders(3, 100);
  EXPECT_EQ((std::set(all.begin(), all.end()).size()), 6u);
}

// A clock that slows down from call to call would be a trend over cases taken in their own order.
TEST(Interleaved, ADriftFallsOnAllCasesAlike) {
  double slow = 1;
  const auto samples = interleaved(8, 2001, 0, [&](std::size_t) { return slow *= 1.001; });
  for (std::size_t i = 1; i < 8; ++i)
    EXPECT_NEAR(paired_ratio(samples[i], samples[0]), 1, 0.0015) << "in turn: 1.00" << i;
}

TEST(Interleaved, SamplesBelongToTheirCase) {
  const auto samples =
      interleaved(3, 5, 7, [](std::size_t i) { return 10.0 + static_cast<double>(i); });
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(samples[i], Samples(5, 10.0 + double(i)));
}

TEST(PairedRatio, IsTheMedianOfRatiosWithinARepetition) {
  EXPECT_DOUBLE_EQ(paired_ratio({2, 30, 8}, {1, 10, 2}), 3);
  EXPECT_THROW(paired_ratio({1, 2}, {1}), std::logic_error);
}

}  // namespace
}  // namespace rc
