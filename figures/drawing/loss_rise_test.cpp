#include "figures/drawing/loss_rise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/stage/golden_run.h"

namespace rc {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;

/// Two seeds of the same losses; the second starts a nat lower, and lacks an order.
class Rises : public testing::Test {
 protected:
  Rises() {
    run_.change("seed-7/learned/ablation.json", [&](nlohmann::json& ablation) {
      ablation["baseline"] = baseline() - 1;
      ablation["orders"].erase("pair");
    });
  }

  double baseline() const { return first_.at("baseline"); }
  std::vector<Field> two_seeds() {
    return {Field::open(run_.file("seed-0/learned/ablation.json")),
            Field::open(run_.file("seed-7/learned/ablation.json"))};
  }

  /// The losses of lowest gain first, over the first seed's baseline and `more` besides.
  testing::Matcher<Vector> above_baseline(const char* losses, double more) const {
    std::vector<testing::Matcher<double>> near;
    for (const double loss : first_.at("orders").at("low_gain").at(losses))
      near.push_back(DoubleNear(loss - baseline() + more, 1e-12));
    return testing::ElementsAreArray(near);
  }

  GoldenRun run_;
  const nlohmann::json first_ = GoldenRun::read("seed-0/learned/ablation.json");
};

TEST_F(Rises, AreOverEachSeedsBaseline) {
  const Order order = loss_rise(two_seeds(), "low_gain");
  EXPECT_THAT(order.rise, above_baseline("loss", 0.5));  // the mean of 0 and 1
  EXPECT_THAT(order.lo, above_baseline("lo", 0));
  EXPECT_THAT(order.hi, above_baseline("hi", 1));
}

TEST_F(Rises, AnOrderThatASeedLacksIsNone) {
  const auto seeds = two_seeds();
  EXPECT_TRUE(find_loss_rise(seeds, "low_gain").has_value());
  EXPECT_FALSE(find_loss_rise(seeds, "pair").has_value());
  EXPECT_THAT(user_error([&] { loss_rise(seeds, "pair"); }),
              HasSubstr("seed-7/learned/ablation.json: field orders.pair is missing"));
}

TEST_F(Rises, AttentionBenefitIsTheMeanOverSeeds) {
  const double first = first_.at("uniform_attention").get<double>() - baseline();
  EXPECT_THAT(attention_benefit(two_seeds()), DoubleNear(first + 0.5, 1e-12));
}

TEST(RiseUnits, SmallOnesHaveAUnitOfTheirOwn) {
  EXPECT_EQ(rise_unit(0.1).scale, 1000);
  EXPECT_EQ(rise_unit(1).scale, 1);
}

}  // namespace
}  // namespace rc
