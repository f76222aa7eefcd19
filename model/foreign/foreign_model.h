// A model trained elsewhere, evaluated layer by layer: what an audit of its keys needs. On the CPU
// in float32, with plain LibTorch operations.
//
//   const auto model = ForeignModel::open("Qwen3-0.6B");
//   const auto below = model.through(0, 10, model.embed(ids));             // shared by all changes
//   const auto x = model.through(10, model.layers(), below, {{10, change}});
//   const auto losses = model.token_losses(x, labels);
#pragma once

#include <filesystem>
#include <map>

#include "kernels/torch.h"
#include "model/foreign/foreign_attention.h"
#include "model/foreign/foreign_config.h"
#include "model/foreign/foreign_weights.h"
#include "model/transformer.h"

namespace rc {

/// By layer.
using KeyChanges = std::map<long, KeyChange>;

class ForeignModel {
 public:
  /// Maps the checkpoint in `folder`. UserError, in one line, for whatever is missing, damaged,
  /// contradictory or not implemented.
  static ForeignModel open(const std::filesystem::path& folder);

  const ForeignConfig& config() const { return config_; }
  long layers() const { return static_cast<long>(config_.layers.size()); }
  const ForeignLayer& layer(long number) const { return weights_.layers.at(number); }

  /// The residual stream before layer 0, [B, T, d_model], of ids [B, T] int64. UserError if an id
  /// is outside the vocabulary.
  torch::Tensor embed(const torch::Tensor& ids) const;

  /// The stream after layers first, ..., last - 1, of the stream before them. `taps` gets what W_q
  /// and W_k of each layer read, and its queries and keys after norm and change and before RoPE,
  /// [B, T, heads, d_k]: dimensions in this project's order, rotary pair i at (2i, 2i + 1).
  torch::Tensor through(long first, long last, torch::Tensor x, const KeyChanges& changes = {},
                        Taps* taps = nullptr) const;

  /// Logits [B, T, vocabulary] of the stream after the last layer.
  torch::Tensor logits(const torch::Tensor& x) const;

  /// Cross-entropy in nats, [B, T], of labels [B, T], without all logits at a time.
  torch::Tensor token_losses(const torch::Tensor& x, const torch::Tensor& labels) const;

 private:
  ForeignModel(ForeignConfig config, Checkpoint checkpoint);
  torch::Tensor attention(long layer, const torch::Tensor& x, const KeyChange& change,
                          Taps* taps) const;
  torch::Tensor feed_forward(const ForeignLayer& w, const torch::Tensor& x) const;
  torch::Tensor norm(const torch::Tensor& x, const torch::Tensor& gain) const;

  ForeignConfig config_;
  Checkpoint checkpoint_;  // outlives the views in weights_
  ForeignWeights weights_;
};

}  // namespace rc
