#include "stages/train/validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "model/evaluate.h"
#include "model/schedule.h"
#include "model/settings.h"
#include "model/test_model.h"
#include "pipeline/error.h"
#include "pipeline/settings/profile.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

/// Five sequences of the tiny model, the second and the fourth of which make the curve.
struct Tiny {
  SavedModel model = tiny_model();
  Batch batch = random_batch(torch::arange(200, torch::kInt32) * 7 % 20, 0, 1, 5, 12, false);
  Validation validation{batch, 2, 5};
  Record record;

  void add(long step, bool is_final) {
    const Transformer transformer(model.config, model.weights, torch::kCPU);
    validation.add(transformer, step, is_final, record);
  }
  std::vector<double> losses() const {
    const Transformer transformer(model.config, model.weights, torch::kCPU);
    return evaluate_sequences(transformer, batch, 5);
  }
};

TEST(Validation, TakesTheCurveOverTheSameFewSequencesAtEveryStep) {
  Tiny tiny;
  tiny.add(4, false);
  tiny.add(8, true);
  const auto losses = tiny.losses();
  ASSERT_NE(losses[1], losses[3]);
  const double few = (losses[1] + losses[3]) / 2;
  EXPECT_EQ(tiny.record.validation_steps, (std::vector<long>{4, 8}));
  EXPECT_EQ(tiny.record.validation_losses, (std::vector<double>{few, few}));
}

TEST(Validation, TakesTheFinalLossesOverAll) {
  Tiny tiny;
  tiny.add(4, false);
  EXPECT_TRUE(tiny.record.final_losses.empty());
  tiny.add(8, true);
  EXPECT_EQ(tiny.record.final_losses, (std::vector<std::vector<double>>{tiny.losses()}));
}

TEST(Validation, TakesAllWhereTheCurveAsksForMore) {
  Tiny tiny;
  tiny.validation = Validation(tiny.batch, 99, 5);
  tiny.add(1, false);
  EXPECT_EQ(tiny.record.validation_losses.front(), mean(tiny.losses()));
}

TEST(Validation, RefusesALossThatIsNotFinite) {
  Tiny tiny;
  tiny.model.weights.embedding = tiny.model.weights.embedding.clone();
  tiny.model.weights.embedding.fill_(std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW(tiny.add(1, false), UserError);
  EXPECT_TRUE(tiny.record.validation_losses.empty());
}

/// Tokens validated in a training of a profile, over those trained on. A pass forward counts a
/// third of one forward and back.
double share_of_validation(const std::filesystem::path& profile) {
  Settings s({kModelSettings, kTrainSettings, kLabelSettings});
  for (const auto& [name, value] : read_conf(profile))
    if (s.has(name)) s.set(name, value, profile.string());
  const long steps = steps_of(s), checkpoints = s.integer("train.checkpoints");
  const auto last = final_steps(steps, checkpoints);
  long sequences = 0;
  for (const long step : checkpoint_steps(steps, checkpoints))
    sequences += s.integer(std::ranges::count(last, step) ? "train.validation_sequences"
                                                          : "train.curve_sequences");
  return static_cast<double>(sequences) / static_cast<double>(3 * steps * s.integer("train.batch"));
}

/// Smoke is too short for that.
TEST(Validation, TakesATwentiethOfATrainingAtMost) {
  for (const char* name : {"laptop", "ladder", "paper"})
    EXPECT_LT(share_of_validation(std::string("profiles/") + name + ".conf"), 0.05) << name;
}

}  // namespace
}  // namespace rc
