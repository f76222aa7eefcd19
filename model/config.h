// The shape of the model.
#pragma once

#include <string>
#include <vector>

#include "kernels/fused/rope.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// A decoder-only transformer. All counts are positive.
struct ModelConfig {
  long layers = 0;
  long d_model = 0;
  long heads = 0;     // query heads
  long kv_heads = 0;  // key-value heads; heads is a multiple
  long d_k = 0;       // width of a query and a key; even (RoPE turns pairs)
  long d_v = 0;       // width of a value; heads * d_v is at most d_model
  long d_ff = 0;
  /// down (silu(gate x) * up x), SwiGLU (Shazeer 2020), in place of down relu(up x)^2.
  bool gated_feed_forward = false;
  long context = 0;  // tokens a sequence
  long vocabulary = 0;
  RopeFrequencies
      frequencies;  // rotary frequencies; as wide as the keys, unless pairs were cut out
  bool shuffle_frequencies = false;
  bool qk_norm = true;
  long logit_width = 0;  // setting model.logit_width
  /// Every token reads the mean of the past's values: there are no queries and keys.
  bool uniform_attention = false;

  /// Of the settings model.*. UserError names the one that is out of range.
  static ModelConfig from(const Settings& settings, long vocabulary);

  /// What queries are multiplied by beside their gain, so that q k^T / sqrt(d_k) are the logits:
  /// sqrt(logit_width / d_k), d_k as the model was trained; 1 for a logit width of 0.
  double query_factor() const;
  long group() const { return heads / kv_heads; }  // query heads that share a key head
  long q_rows() const { return uniform_attention ? 0 : heads * d_k; }
  long k_rows() const { return uniform_attention ? 0 : kv_heads * d_k; }
  long v_rows() const { return kv_heads * d_v; }
  long feed_forward_weights() const { return (gated_feed_forward ? 3 : 2) * d_model * d_ff; }
  long mixed() const { return heads * d_v; }  // what the output projection reads
  /// Floats a token takes in the key-value cache of one layer.
  long kv_floats() const { return k_rows() + v_rows(); }
  /// Floats that a token leaves in memory between a pass forward and the one back.
  long activations() const;
  long parameters() const;  // the embedding counted once
};

}  // namespace rc
