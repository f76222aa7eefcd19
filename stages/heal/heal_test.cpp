#include <gtest/gtest.h>

#include "model/test_model.h"
#include "model/test_settings.h"
#include "pipeline/statistics/statistics.h"
#include "stages/heal/heal_report.h"

namespace rc {
namespace {

/// Healing of the tiny model, over text in which a token says what the next one is.
struct Tiny {
  SavedModel model = tiny_model();
  Settings settings = model_settings({"train.batch=4"});
  std::vector<long> steps_asked;
  long ticks = 0;

  Healing heal(long percent, long steps = 5, long first = 100) {
    const auto text = torch::arange(200, torch::kInt32) * 7 % 20;
    const auto batch = [&, text](long step) {
      steps_asked.push_back(step);
      return random_batch(text, 0, step, 4, 12, false);
    };
    return rc::heal(model, {.settings = settings,
                            .percent = percent,
                            .first_step = first,
                            .steps = steps,
                            .batch = batch,
                            .validation = tiny_batch(),
                            .calibration = tiny_batch().ids,
                            .tick = [&](const char*, double) { ++ticks; }});
  }
};

TEST(Heal, WithNothingCutIsTheWholeModel) {
  const auto healing = Tiny().heal(0);
  EXPECT_EQ(healing.cut, healing.before);
  EXPECT_EQ(healing.healed, healing.whole);
  EXPECT_EQ(healing.healed_training, healing.whole_training);
  EXPECT_EQ(healing.cut_d_k, 8);
  EXPECT_NE(healing.whole, healing.before);
}

TEST(Heal, TakesTheLossBelowThatOfTheCutModel) {
  const auto healing = Tiny().heal(50, 20);
  EXPECT_EQ(healing.d_k, 8);
  EXPECT_EQ(healing.cut_d_k, 4);
  EXPECT_NE(healing.cut, healing.before);
  EXPECT_LT(mean(healing.healed), mean(healing.cut) - 0.5);
}

TEST(Heal, TrainsBothOverTheBatchesThatFollowTheRun) {
  Tiny tiny;
  tiny.heal(50, 3, 100);
  EXPECT_EQ(tiny.steps_asked, (std::vector<long>{100, 101, 102, 100, 101, 102}));
  EXPECT_EQ(tiny.ticks, 6);
}

TEST(Heal, LeavesTheModelAsItWas) {
  Tiny tiny;
  const auto before = tiny_model();
  const auto first = tiny.heal(50), again = tiny.heal(50);
  EXPECT_TRUE(torch::equal(tiny.model.weights.embedding, before.weights.embedding));
  EXPECT_TRUE(torch::equal(tiny.model.weights.layers[1].up, before.weights.layers[1].up));
  EXPECT_EQ(first.before, again.before);
  EXPECT_EQ(first.healed, again.healed);
}

TEST(Heal, GivesTheSameLossesWithAnyNumberOfThreads) {
  std::vector<std::vector<double>> ends;
  for (const int threads : {1, 2, 4}) {
    prepare_cpu(threads);
    const auto healing = Tiny().heal(50);
    ends.push_back(healing.healed);
    ends.back().insert(ends.back().end(), healing.whole.begin(), healing.whole.end());
  }
  prepare_cpu(1);
  EXPECT_EQ(ends[0], ends[1]);
  EXPECT_EQ(ends[0], ends[2]);
}

/// Layer 0 of the tiny model has pairs of energy 10, 4.25, 2.26 and 0.53, layer 1 rising ones.
TEST(WithoutPairs, CutsThoseOfSmallestGainAndCorrectsTheNorms) {
  const auto model = tiny_model();
  const Transformer whole(model.config, model.weights, torch::kCPU);
  const auto cut = without_pairs(model, whole, tiny_batch().ids, 50);
  EXPECT_EQ(cut.config.d_k, 4);
  const auto pairs = [&](std::size_t l) { return cut.weights.layers[l].rotary_pairs; };
  EXPECT_TRUE(torch::equal(pairs(0), torch::tensor({0, 1})));
  EXPECT_TRUE(torch::equal(pairs(1), torch::tensor({2, 3})));
  // gamma_k times root(4/8) and the survivors' share of the norm, which differs from 1.
  const auto kept = cut.weights.layers[0].gain_k / model.weights.layers[0].gain_k.narrow(0, 0, 4);
  EXPECT_TRUE(torch::allclose(kept, kept[0].expand({4})));
  EXPECT_NE(kept[0].item<float>(), std::sqrt(0.5f));
  EXPECT_NEAR(kept[0].item<float>(), std::sqrt(0.5f), 0.2);
}

TEST(HealNumbers, AreMeansOfPairedDifferences) {
  const Healing healing{.d_k = 8,
                        .cut_d_k = 4,
                        .before = {1, 2},
                        .cut = {1.5, 2.7},
                        .whole = {0.9, 1.7},
                        .healed = {1.0, 1.9},
                        .whole_training = {3, 2, 1},
                        .healed_training = {4, 3, 2}};
  const auto numbers = heal_numbers(healing);
  EXPECT_NEAR(numbers.at("heal.cut").value, 0.6, 1e-12);
  EXPECT_NEAR(numbers.at("heal.healed").value, 0.15, 1e-12);
  EXPECT_NEAR(numbers.at("heal.whole").value, -0.2, 1e-12);
  EXPECT_EQ(numbers.at("heal.steps").value, 3);
  // 0.1 and 0.2: Student's 12.706 with one degree, times 0.0707 / root 2.
  const auto interval = *numbers.at("heal.healed").interval;
  EXPECT_NEAR(interval.hi - 0.15, 12.706 * 0.05, 1e-4);
  EXPECT_EQ(interval.method, "t over sequences");
  EXPECT_EQ(heal_report(healing, 50)["losses"]["healed"][1], 1.9);
}

}  // namespace
}  // namespace rc
