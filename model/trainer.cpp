#include "model/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "model/microbatches.h"
#include "pipeline/error.h"

namespace rc {

long steps_of(const Arm& arm, const Profile& settings) {
  const long copy_steps = settings.integer("train.copy_steps");
  return arm.copy_labels && copy_steps > 0 ? copy_steps : settings.integer("train.steps");
}

std::vector<long> checkpoint_steps(long steps, long least) {
  std::set<long> kept = {0, steps};
  for (long s = 1; s < steps; s *= 2) kept.insert(s);
  // Regular ones: tenths of the run, closer where that leaves too few.
  for (long parts = 10; parts <= steps; parts += 2) {
    auto all = kept;
    for (long i = 1; i < parts; ++i) all.insert(steps * i / parts);
    if (static_cast<long>(all.size()) >= least || parts + 2 > steps) {
      kept = all;
      break;
    }
  }
  return {kept.begin(), kept.end()};
}

namespace {

/// Pieces that a batch of `rows` sequences is cut into, `asked` of them or 0 for one a thread.
std::int64_t microbatches_of(std::int64_t rows, long asked) {
  if (asked > 0) return std::min<std::int64_t>(rows, asked);
  return busy_all_threads(rows) ? at::get_num_threads() : 1;
}

}  // namespace

Trainer::Trainer(Transformer& model, const Arm& arm, const Profile& settings, Precision precision,
                 std::uint64_t seed)
    : model_(model),
      clip_(settings.real("train.clip")),
      microbatches_(
          model.operations() == Operations::kFused ? settings.integer("train.microbatches") : 1),
      arm_(arm),
      seed_(seed),
      narrow_from_(1 + std::lround(kTrainedInFull * static_cast<double>(steps_of(arm, settings)))) {
  std::vector<torch::Tensor> matrices, others = {model.weights.embedding};
  for (auto* matrix : model.weights.matrices()) matrices.push_back(*matrix);
  auto gains = model.weights.gains();
  const auto qk_gains = static_cast<std::ptrdiff_t>(2 * model.weights.layers.size());
  if (!arm.train_gains) gains.erase(gains.begin(), gains.begin() + qk_gains);
  for (auto* gain : gains) others.push_back(*gain);
  for (const auto* list : {&matrices, &others})
    for (auto parameter : *list) parameters_.push_back(parameter.requires_grad_());

  const auto type = precision == Precision::kBFloat16 ? torch::kBFloat16 : torch::kFloat32;
  muon_ = std::make_unique<Muon>(
      matrices,
      Muon::Options{settings.real("train.muon_lr"), settings.real("train.muon_momentum"), type});
  adam_ = std::make_unique<torch::optim::AdamW>(
      others, torch::optim::AdamWOptions(settings.real("train.adam_lr"))
                  .weight_decay(settings.real("train.weight_decay")));
}

double Trainer::differentiate(const Batch& batch) {
  const auto device = model_.device();
  const auto rows = batch.ids.size(0), microbatches = microbatches_of(rows, microbatches_);
  std::vector<double> losses(static_cast<std::size_t>(microbatches));
  std::vector<std::vector<torch::Tensor>> gradients(losses.size());
  for_microbatches(rows, microbatches, device,
                   [&](std::int64_t s, std::int64_t first, std::int64_t count) {
                     const auto ids = batch.ids.narrow(0, first, count).to(device);
                     const auto labels = batch.labels.narrow(0, first, count).to(device);
                     const double share = static_cast<double>(count) / static_cast<double>(rows);
                     const auto loss = model_.token_losses(ids, labels).mean() * share;
                     const auto microbatch = static_cast<std::size_t>(s);
                     losses[microbatch] = loss.item<double>();
                     gradients[microbatch] = torch::autograd::grad({loss}, parameters_);
                   });
  const auto count = static_cast<std::int64_t>(parameters_.size());
  for_microbatches(count, count, device, [&](std::int64_t, std::int64_t p, std::int64_t) {
    const torch::NoGradGuard no_grad;
    const auto parameter = static_cast<std::size_t>(p);
    auto sum = gradients[0][parameter];
    for (std::size_t s = 1; s < gradients.size(); ++s) sum.add_(gradients[s][parameter]);
    parameters_[parameter].mutable_grad() = sum;
  });
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

double Trainer::step(long number, const Batch& batch) {
  const double value = differentiate(batch);
  if (!std::isfinite(value))
    throw UserError(
        fmt::format("the loss is {} at step {}; try a lower train.muon_lr or "
                    "train.adam_lr, or train.precision=f32",
                    value, number));
  if (clip_ > 0) torch::nn::utils::clip_grad_norm_(parameters_, clip_);
  if (number >= narrow_from_ && arm_.trainable != Trainable::kAll && !frozen_)
    frozen_.emplace(model_, trainable_dimensions(model_.weights, arm_.trainable, seed_));
  muon_->step();
  adam_->step();
  if (frozen_) frozen_->put_back(model_);
  return value;
}

}  // namespace rc
