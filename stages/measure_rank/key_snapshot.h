// Reading the keys, queries and gains of one training step.
#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "pipeline/safetensors.h"

namespace rc {

/// An artifact of stage snapshot, mapped; tensors are copied out layer by layer.
class KeySnapshot {
 public:
  /// UserError names the file and what it lacks.
  static KeySnapshot open(const std::filesystem::path& file);

  long step() const { return step_; }
  long layers() const { return gains_.size(0); }
  long d_k() const { return gains_.size(1); }
  long context() const { return context_; }
  long sequences() const { return sequences_; }
  double rope_base() const { return rope_base_; }

  /// Before RoPE, after QK-norm: [kv_heads, sequences, context, d_k] and [heads, ...], float32.
  torch::Tensor keys(long layer) const { return tensor("k.", layer); }
  torch::Tensor queries(long layer) const { return tensor("q.", layer); }
  /// Gains of the keys' RMSNorm, [d_k] float32.
  torch::Tensor gains(long layer) const { return gains_[layer]; }

 private:
  explicit KeySnapshot(Safetensors file) : file_(std::move(file)) {}
  torch::Tensor tensor(const char* prefix, long layer) const;
  Safetensors file_;
  torch::Tensor gains_;  // [layers, d_k]
  long step_ = 0;
  long context_ = 0;
  long sequences_ = 0;
  double rope_base_ = 0;
};

}  // namespace rc
