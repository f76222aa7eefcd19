// Reading the keys, queries and gains of one training step.
#pragma once

#include <filesystem>

#include "kernels/fused/rope.h"
#include "kernels/torch.h"
#include "pipeline/files/safetensors.h"

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

  /// Before RoPE, after QK-norm: [kv_heads, sequences, context, d_k] and [heads, ...], float32.
  torch::Tensor keys(long layer) const { return tensor("k.", layer); }
  torch::Tensor queries(long layer) const { return tensor("q.", layer); }
  /// What random projections of the layer's stream make in place of its keys, shaped alike but with
  /// more heads; the last snapshot of a run has them.
  torch::Tensor random_keys(long layer) const { return tensor("k_random.", layer); }
  /// Gains of the keys' RMSNorm, [d_k] float32.
  torch::Tensor gains(long layer) const { return gains_[layer]; }
  /// What turns the keys of a layer: its pairs may stand in another order of the frequencies than
  /// usual, be what is left of more, or turn by angles that follow no one base (rope_angles). A
  /// file that says nothing of it has the usual table.
  Rope rope(long layer) const;

 private:
  explicit KeySnapshot(Safetensors file) : file_(std::move(file)) {}
  torch::Tensor tensor(const char* prefix, long layer) const;
  void read_frequencies();
  void read_angles();
  Safetensors file_;
  torch::Tensor gains_;  // [layers, d_k]
  torch::Tensor
      rotary_pairs_;  // [layers, d_k / 2] int64, step of the frequencies that turns each pair
  RopeFrequencies frequencies_;
  torch::Tensor rope_angles_;  // [layers, d_k / 2] radians a token; undefined where they follow
  long step_ = 0;
  long context_ = 0;
  long sequences_ = 0;
};

}  // namespace rc
