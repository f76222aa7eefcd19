#include "figures/drawing/loss_rise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "figures/drawing/test_runs.h"

namespace rc {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two seeds: baselines 5 and 4, the same losses otherwise.
std::vector<Field> two_seeds() {
  auto first = TestRuns::ablation(0, "learned"), second = TestRuns::ablation(1, "learned");
  second["baseline"] = 4.0;
  second["orders"].erase("pair");
  write_json("first.json", first);
  write_json("second.json", second);
  return {Field::open("first.json"), Field::open("second.json")};
}

TEST(Rises, AreOverEachSeedsBaseline) {
  TestRuns runs;
  const Order order = loss_rise(two_seeds(), "low_gain");
  const auto near = [](double value) { return DoubleNear(value, 1e-12); };
  EXPECT_THAT(order.rise, ElementsAre(near(0.5), near(0.6), near(1.0)));
  EXPECT_THAT(order.lo, ElementsAre(near(0), near(0.05), near(0.4)));
  EXPECT_THAT(order.hi, ElementsAre(near(1), near(1.2), near(1.6)));
}

TEST(Rises, AnOrderThatASeedLacksIsNone) {
  TestRuns runs;
  const auto seeds = two_seeds();
  EXPECT_TRUE(find_loss_rise(seeds, "low_gain").has_value());
  EXPECT_FALSE(find_loss_rise(seeds, "pair").has_value());
  EXPECT_THAT(user_error([&] { loss_rise(seeds, "pair"); }),
              HasSubstr("second.json: field orders.pair is missing"));
}

TEST(Rises, AttentionBenefitIsTheMeanOverSeeds) {
  TestRuns runs;
  EXPECT_THAT(attention_benefit(two_seeds()), DoubleEq(1.0));  // 0.5 and 1.5
}

TEST(Rises, SmallOnesHaveAUnitOfTheirOwn) {
  EXPECT_EQ(rise_unit(0.1).scale, 1000);
  EXPECT_EQ(rise_unit(1).scale, 1);
}

}  // namespace
}  // namespace rc
