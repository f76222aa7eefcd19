// One training run: gradient, clipping, Muon and AdamW, a step at a time.
#pragma once

#include <torch/optim/adamw.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "model/batches.h"
#include "model/optimizers.h"
#include "model/schedule.h"
#include "model/tensors.h"
#include "model/trainable_dimensions.h"
#include "model/transformer.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// Weight decay of the gains of QK-norm.
double gain_decay(const Settings& settings);

/// UserError names the step and what to try where `value` is not finite.
void require_finite(const char* what, double value, long step);

/// How many pieces of a batch, of `tokens` each, go through a model at a time where `available`
/// bytes can be had: 1 to `threads`. A piece holds its activations and a gradient of every
/// parameter; beside them lie the sum of the gradients and the optimizers' momenta. Results do not
/// depend on it.
int pieces_side_by_side(const ModelConfig& config, long tokens, long available, int threads);

class Trainer {
 public:
  /// Makes parameters of the model's weights: all, but the QK gains where train.gains fixes them.
  /// `seed` draws what settings leave to chance. `finished`: weights that another run ended with,
  /// whose gains choose the trainable dimensions where train.trainable = final_gain.
  Trainer(Transformer& model, const Settings& settings, Precision precision, std::uint64_t seed,
          std::optional<Weights> finished = std::nullopt);

  /// One update from the mean loss of `batch`; returns that loss in nats a token.
  /// UserError names the step and what to try if the loss or the gradient is not finite; nothing is
  /// updated then.
  double step(long number, const Batch& batch);

  /// All that step() goes on from, by name: parameters, momenta, and which dimensions are trained.
  /// Batches are drawn for their step and need none.
  NamedTensors state() const;

  /// Goes on where a trainer of the same model and settings stood: state() is then what it was.
  /// std::invalid_argument for the state of another.
  void restore(const NamedTensors& state);

  /// UserError, as of a loss, if step `number` left a weight that is not finite: after the last one
  /// no loss follows to show it.
  void require_finite_weights(long number) const;

 private:
  /// Leaves the gradients of the mean loss in the parameters; returns that loss.
  double differentiate(const Batch& batch);
  /// Those that are trained on, chosen by the weights as they are now.
  std::vector<std::vector<long>> chosen_dimensions() const;
  /// Holds all others where they are from now on.
  void freeze(std::vector<std::vector<long>> trained);
  /// Lets Muon take the merged projections of a layer as what they are, of them `rows` alone.
  void update_projections(std::size_t layer, const torch::Tensor& rows);
  /// Of all gradients together.
  double gradient_norm() const;
  /// Shortens the gradients, whose norm is `norm`, to train.clip.
  void clip(double norm);
  /// Calls `body` for every parameter, without autograd.
  void for_parameters(const std::function<void(std::size_t)>& body) const;

  Transformer& model_;
  double clip_;
  long microbatches_;  // pieces of a batch with passes of their own
  int side_by_side_;   // of them, as memory allows
  Trainable trainable_;
  std::uint64_t seed_;
  std::optional<Weights> finished_;
  long narrow_from_;                        // first step that trains the trainable dimensions alone
  std::vector<std::vector<long>> trained_;  // [layer][...], once the others are frozen
  std::optional<FrozenDimensions> frozen_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<Muon> muon_;
  std::unique_ptr<torch::optim::AdamW> adam_;
};

}  // namespace rc
