// A model as surgery on its keys sees it, wherever it was trained.
#pragma once

#include <memory>

#include "model/batches.h"
#include "model/calibration.h"
#include "model/transformer.h"

namespace rc {

/// Design goal: orders, treatments and bases are written once, over `Weights`. They change the key
/// gains, key maps and key offsets of layers and nothing else; what that makes of the losses each
/// kind of model says in its own way. A non-goal: models of another shape.
class KeyModel {
 public:
  virtual ~KeyModel() = default;

  /// Shape of keys and queries, their gains and rotary pairs. Of a model trained elsewhere that is
  /// all it holds.
  virtual const SavedModel& saved() const = 0;
  virtual torch::Device device() const = 0;

  /// Queries and keys of ids [B, T].
  virtual Calibration calibrate(const torch::Tensor& ids) const = 0;

  /// Cross-entropy of each label in nats, [B, T], with these weights in place of saved()'s.
  virtual torch::Tensor token_losses(const Weights& weights, const torch::Tensor& ids,
                                     const torch::Tensor& labels) const = 0;

  /// What the layers under `depth` make of the ids as the model stands, [B, T, d_model], and
  /// token_losses() from there on.
  virtual torch::Tensor stream_below(std::size_t depth, const torch::Tensor& ids) const = 0;
  virtual torch::Tensor token_losses_above(const Weights& weights, std::size_t depth,
                                           const torch::Tensor& stream,
                                           const torch::Tensor& labels) const = 0;
};

using KeyModelPtr = std::shared_ptr<const KeyModel>;

/// Mean loss of each sequence, nats a token, with `weights` in place of the model's own. On a CPU a
/// sequence at a time, on a thread of its own; elsewhere all of them.
std::vector<double> sequence_losses(const KeyModel& model, const Weights& weights,
                                    const Batch& batch);

/// A model trained here.
KeyModelPtr key_model(Transformer model);

}  // namespace rc
