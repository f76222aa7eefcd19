// One training run: gradient, clipping, Muon and AdamW, a step at a time.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/batches.h"
#include "model/optimizers.h"
#include "model/trainable_dimensions.h"
#include "model/transformer.h"
#include "pipeline/settings/profile.h"

namespace rc {

/// Length of the arm's run: train.steps, or train.copy_steps for an arm that copies.
long steps_of(const Arm& arm, const Profile& settings);

/// Steps after which a checkpoint is kept, from 0 to `steps`: 0, 1, 2, 4, ... and then regular, so
/// that there are at least `least` (fewer only where there are fewer steps).
std::vector<long> checkpoint_steps(long steps, long least);

class Trainer {
 public:
  /// Makes parameters of the model's weights: all, but the QK gains where the arm freezes them.
  /// `settings` are those under "train."; `seed` draws what an arm leaves to chance.
  Trainer(Transformer& model, const Arm& arm, const Profile& settings, Precision precision,
          std::uint64_t seed);

  /// One update from the mean loss of `batch`; returns that loss in nats a token.
  /// UserError names the step and what to try if the loss is not finite; nothing is updated then.
  double step(long number, const Batch& batch);

 private:
  /// Leaves the gradients of the mean loss in the parameters; returns that loss.
  double differentiate(const Batch& batch);

  Transformer& model_;
  double clip_;
  long microbatches_;  // pieces of a batch with passes of their own; 0: one a thread
  Arm arm_;
  std::uint64_t seed_;
  long narrow_from_;  // first step that trains the trainable dimensions alone
  std::optional<FrozenDimensions> frozen_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<Muon> muon_;
  std::unique_ptr<torch::optim::AdamW> adam_;
};

}  // namespace rc
