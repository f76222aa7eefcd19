#include "stages/heal/healing.h"

#include <cmath>

#include "model/calibration.h"
#include "model/evaluate.h"
#include "model/trainer.h"

namespace rc {
namespace {

/// Trained in place: neither the other model nor the caller's may see it.
Weights copied(const Weights& weights) {
  Weights copy = weights;
  copy.embedding = weights.embedding.detach().clone();
  for (auto* matrix : copy.matrices()) *matrix = matrix->detach().clone();
  for (auto* gain : copy.gains()) *gain = gain->detach().clone();
  return copy;
}

Transformer transformer(const SavedModel& model, const HealingPlan& plan, Precision precision) {
  const auto& operations = plan.settings.text("model.operations");
  return {model.config, model.weights, plan.device, precision,
          operations_named(operations, plan.device, precision)};
}

std::vector<double> losses(const SavedModel& model, const HealingPlan& plan) {
  return evaluate_sequences(transformer(model, plan, Precision::kFloat32), plan.validation,
                            plan.settings.integer("train.batch"));
}

/// Trains `model` by the plan's steps; returns the loss of each.
std::vector<double> train_on(SavedModel& model, const HealingPlan& plan, const char* name) {
  auto trained = transformer(model, plan, plan.precision);
  Trainer trainer(trained, plan.settings, plan.precision, plan.seed);
  std::vector<double> losses;
  for (long step = plan.first_step; step < plan.first_step + plan.steps; ++step) {
    losses.push_back(trainer.step(step + 1, plan.batch(step)));
    plan.tick(name, losses.back());
  }
  model.weights = trained.weights;
  return losses;
}

}  // namespace

SavedModel without_pairs(const SavedModel& model, const Transformer& whole,
                         const torch::Tensor& ids, long percent) {
  const long pairs = model.config.d_k / 2;
  const long cut = std::lround(static_cast<double>(percent * pairs) / 100.0);
  const auto kept = pairs_of_largest_gain(model.weights, pairs - cut);
  std::vector<NormCorrection> corrections(kept.size());
  if (cut > 0 && model.config.qk_norm) {
    const auto calibration = calibrate(whole, ids);
    for (std::size_t l = 0; l < kept.size(); ++l)
      corrections[l] =
          norm_correction(calibration, l, whole.weights.layers[l], dimensions_of_pairs(kept[l]));
  }
  return compact(model, kept, corrections);
}

Healing heal(const SavedModel& model, const HealingPlan& plan) {
  SavedModel whole{model.config, copied(model.weights)};
  const auto narrow = without_pairs(whole, transformer(whole, plan, Precision::kFloat32),
                                    plan.calibration, plan.percent);
  SavedModel cut{narrow.config, copied(narrow.weights)};  // compact() shares what it does not cut
  Healing healing{.d_k = whole.config.d_k, .cut_d_k = cut.config.d_k};
  healing.before = losses(whole, plan);
  healing.cut = losses(cut, plan);
  healing.healed_training = train_on(cut, plan, "cut");
  healing.healed = losses(cut, plan);
  healing.whole_training = train_on(whole, plan, "whole");
  healing.whole = losses(whole, plan);
  return healing;
}

}  // namespace rc
