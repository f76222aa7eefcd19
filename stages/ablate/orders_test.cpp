#include "stages/ablate/orders.h"

#include <gtest/gtest.h>

#include <set>

#include "pipeline/error.h"
#include "stages/ablate/experiment.h"
#include "stages/ablate/test_model.h"

namespace rc {
namespace {

Cut cut_by(const std::string& order, long percent, const TinyModel& tiny, int draw = 0) {
  return order_named(order).cut(tiny.trained(), percent, draw);
}

TEST(Orders, RankByTheSizeOfTheGain) {
  const TinyModel tiny;
  EXPECT_EQ(cut_by("low_gain", 100, tiny)[0], (std::vector<long>{4, 7, 2, 6, 0, 5, 3, 1}));
  EXPECT_EQ(cut_by("high_gain", 100, tiny)[0], (std::vector<long>{1, 3, 5, 0, 6, 2, 7, 4}));
  EXPECT_EQ(cut_by("low_gain", 50, tiny)[1], (std::vector<long>{0, 1, 2, 3}));
}

TEST(Orders, OfPairsTakeBothMembers) {
  const TinyModel tiny;
  // Sums of squares of layer 0: 10, 4.25, 2.26, 0.53.
  EXPECT_EQ(cut_by("pair", 50, tiny)[0], (std::vector<long>{6, 7, 4, 5}));
  EXPECT_EQ(cut_by("frequency", 25, tiny)[0], (std::vector<long>{0, 1}));
  EXPECT_EQ(cut_by("slowest", 50, tiny)[0], (std::vector<long>{6, 7, 4, 5}));
}

TEST(Orders, ByFrequencyFollowTheLayersOwnFrequencies) {
  TinyModel tiny;
  tiny.model.weights.layers[1].rotary_pairs = torch::tensor({3, 2, 0, 1}, torch::kInt64);
  EXPECT_EQ(cut_by("frequency", 50, tiny)[1], (std::vector<long>{4, 5, 6, 7}));
  EXPECT_EQ(cut_by("slowest", 50, tiny)[1], (std::vector<long>{0, 1, 2, 3}));
}

TEST(Orders, WithOneBudgetTakeMoreFromTheLayerOfSmallGains) {
  const TinyModel tiny;
  const auto cut = cut_by("global", 50, tiny);  // 8 of 16: all of layer 0 but 3.0 and 2.0
  EXPECT_EQ(cut[0].size() + cut[1].size(), 8u);
  EXPECT_GT(cut[0].size(), cut[1].size());
  const auto shuffled = cut_by("global_shuffled", 50, tiny);
  EXPECT_EQ(shuffled[0].size(), cut[0].size());
  EXPECT_NE(shuffled[0], cut[0]);
}

TEST(Orders, AtRandomAreNestedAndDifferByDrawAndLayer) {
  const TinyModel tiny;
  const auto few = cut_by("random", 25, tiny)[0], many = cut_by("random", 75, tiny)[0];
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(many, cut_by("random", 75, tiny, 1)[0]);
  EXPECT_NE(many, cut_by("random", 75, tiny)[1]);
  EXPECT_EQ(std::set<long>(many.begin(), many.end()).size(), 6u);
}

TEST(Orders, ThatDoNotExistAreNamedWithThoseThatDo) {
  try {
    order_named("hgih_gain");
    FAIL();
  } catch (const UserError& e) {
    EXPECT_NE(std::string(e.what()).find("hgih_gain"), std::string::npos);
    EXPECT_NE(std::string(e.what()).find("low_gain_temperature"), std::string::npos);
  }
}

TEST(Orders, AreAllThereAreOrThoseNamed) {
  const auto all = orders_asked_for({"all"});
  ASSERT_EQ(all.size(), order_rules().size());
  EXPECT_EQ(all.front(), kOriginalOrder);
  EXPECT_EQ(orders_asked_for({"pair", "random"}), (std::vector<std::string>{"pair", "random"}));
  EXPECT_THROW(orders_asked_for({"all", "random"}), UserError);
}

TEST(Orders, ByGainDoNotApplyWhereTheGainsOfALayerTie) {
  TinyModel tiny;
  const std::vector<std::string> some = {"low_gain", "random", "slowest", "global_shuffled"};
  EXPECT_EQ(orders_that_apply(some, tiny.model.weights), some);
  tiny.model.weights.layers[1].gain_k = torch::tensor({1, -1, 1, 1, -1, 1, 1, 1}).to(torch::kFloat);
  EXPECT_EQ(orders_that_apply(some, tiny.model.weights),
            (std::vector<std::string>{"random", "slowest"}));
}

/// A rule that goes by gain cuts other dimensions of a model whose gains are other ones; what does
/// not say so must not.
TEST(Orders, SayWhetherTheyGoByGain) {
  const TinyModel before;
  TinyModel after;
  for (auto& layer : after.model.weights.layers)
    layer.gain_k = torch::tensor({8.0f, 0.1f, 7.0f, 0.2f, 0.3f, 6.0f, 5.0f, 0.4f});
  for (const auto& rule : order_rules()) {
    const bool moved = rule.cut(before.trained(), 50, 0) != rule.cut(after.trained(), 50, 0);
    EXPECT_EQ(rule.is(kByGain), moved) << rule.name;
  }
}

TEST(Orders, SayWhatTheyAre) {
  std::set<std::string> names, titles, legends;
  for (const auto& rule : order_rules()) {
    names.insert(rule.name);
    titles.insert(rule.title);
    legends.insert(rule.legend);
    EXPECT_FALSE(text_of(rule.question).text.empty()) << rule.name;
    EXPECT_FALSE(rule.title.empty() || rule.legend.empty()) << rule.name;
  }
  for (const auto& seen : {names, titles, legends}) EXPECT_EQ(seen.size(), order_rules().size());
}

/// gamma_q times `factors`, gamma_k divided by them: one factor a rotary pair.
SavedModel regauged(SavedModel model, const std::vector<float>& factors) {
  const auto factor = torch::tensor(factors).repeat_interleave(2);
  for (auto& layer : model.weights.layers) {
    layer.gain_q = layer.gain_q * factor;
    layer.gain_k = layer.gain_k / factor;
  }
  return model;
}

// A factor both members of a pair share passes from queries to keys without changing any logit:
// what it changes is no property of the function the model computes.
TEST(Gauge, MovesTheOrderByKeyGainAndNotThatByTheProduct) {
  const TinyModel before;
  TinyModel after;
  after.model = regauged(before.model, {0.02f, 1.0f, 30.0f, 0.5f});
  const auto logits = [](const SavedModel& m) {
    return Transformer(m.config, m.weights, torch::kCPU).logits(tiny_batch().ids);
  };
  EXPECT_TRUE(torch::allclose(logits(before.model), logits(after.model), 1e-3, 1e-4));
  EXPECT_NE(cut_by("low_gain", 50, before), cut_by("low_gain", 50, after));
  EXPECT_EQ(cut_by("product", 50, before), cut_by("product", 50, after));
  after.calibration = calibrate(Transformer(after.model.config, after.model.weights, torch::kCPU),
                                tiny_batch().ids);
  EXPECT_EQ(cut_by("think", 50, before), cut_by("think", 50, after));
}

TEST(ZeroGains, CutsAndLeavesTheOriginalAlone) {
  const TinyModel tiny;
  const auto cut = zero_gains(tiny.model.weights, cut_by("low_gain", 38, tiny));
  EXPECT_EQ(cut.layers[0].gain_k.count_nonzero().item<long>(), 5);
  EXPECT_EQ(cut.layers[0].gain_k[4].item<float>(), 0);
  EXPECT_EQ(tiny.model.weights.layers[0].gain_k.count_nonzero().item<long>(), 8);
}

TEST(ShareOf, RoundsToTheNearest) {
  EXPECT_EQ(share_of(5, 64), 3);
  EXPECT_EQ(share_of(60, 64), 38);
  EXPECT_EQ(share_of(95, 64), 61);
  EXPECT_EQ(share_of(60, 32), 19);
}

}  // namespace
}  // namespace rc
