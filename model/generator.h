// Generation with a cache of keys and values, by our own attention kernels: what a server does.
#pragma once

#include <vector>

#include "kernels/fused/rope.h"
#include "model/weights.h"

namespace rc {

/// A model that reads prompts and then goes on a token at a time, on a CPU in float32.
///
/// Design goal: the logits of Transformer to rounding, for full and for compacted models, and
/// nothing left wide that thin keys could make thinner. Non-goals: sequences of unequal length,
/// sampling, gradients.
class Generator {
 public:
  /// Room for `batch` sequences of `capacity` tokens. c10::Error for a model with key offsets,
  /// which surgery leaves and no checkpoint holds.
  Generator(const SavedModel& model, long batch, long capacity);

  /// Empties the caches and reads prompts, ids [batch, T] int64; logits of the last token [batch,
  /// vocabulary]. c10::Error for another batch, or for more tokens than there is room for; so too
  /// the others.
  torch::Tensor prefill(const torch::Tensor& ids);

  /// Appends one token to every sequence, ids [batch] int64; its logits [batch, vocabulary].
  torch::Tensor decode(const torch::Tensor& ids);

  /// Goes on as if `tokens` tokens had been read, whatever the caches hold: a step's time does not
  /// depend on their values.
  void pretend_read(long tokens);

  /// Bytes of all caches when they are full.
  double cache_bytes() const;

 private:
  torch::Tensor read(const torch::Tensor& ids);  // [batch, T], T = 1 unless the caches are empty
  torch::Tensor attend(std::size_t layer, const torch::Tensor& normed, long tokens);

  SavedModel model_;
  long batch_, capacity_;
  long length_ = 0;                           // tokens read
  std::vector<Rope> ropes_;                   // a layer
  std::vector<torch::Tensor> keys_, values_;  // a layer: [batch, kv_heads, capacity, width]
};

}  // namespace rc
