// What a pass through a whole model costs, and what thinner keys save of it (after Amdahl 1967). A
// model of cost, not a cap: it counts work and not where it is done, and thin keys that fit a cache
// which full ones do not can measure more.
#pragma once

#include "bench/task.h"
#include "model/config.h"

namespace rc {

/// One forward pass of the model over a batch.
struct Workload {
  Phase phase = Phase::kDecode;
  long batch = 1;    // sequences
  long context = 1;  // T: tokens of the prompt, or keys a decode step reads
};

/// What a pass costs, by part. In operations `keys` are the products q k^T and `values` those with
/// v; in bytes they are the two halves of the cache.
struct Cost {
  double projections = 0;  // W_q, W_k, W_v, W_o
  double keys = 0;
  double values = 0;
  double feed_forward = 0;
  double output = 0;  // embedding matrix as the output layer
  double total() const { return projections + keys + values + feed_forward + output; }
};

/// Floating-point operations, a multiply-add counted as two; norms, RoPE and softmax are left out.
/// With n tokens (B T in prefill, B in decode), each of which sees s keys ((T + 1) / 2 on average
/// in prefill, T in decode), L layers, d = d_model:
///   projections   n L 2 d (H d_k + Hkv d_k + Hkv d_v + H d_v)
///   keys, values  n L 2 H s d_k,  n L 2 H s d_v
///   feed-forward  n L 4 d d_ff      (two matrices; 6 where it is gated)
///   output        B 2 d V           (only the last token's logits are needed)
Cost flops(const ModelConfig& model, const Workload& work);

/// Bytes in float32 that must cross memory: every weight is read once, the cache of keys and values
/// is written once (prefill) or read once (decode); activations are taken to stay in caches. A
/// smaller type used throughout leaves every ratio as it is.
///   projections   4 L d (H d_k + Hkv d_k + Hkv d_v + H d_v)
///   keys, values  4 B L T Hkv d_k,  4 B L T Hkv d_v
///   feed-forward  4 L 2 d d_ff      (3 where it is gated)
///   output        4 d V
Cost bytes(const ModelConfig& model, const Workload& work);

/// The model with `percent` of its key width removed, to whole rotary pairs.
ModelConfig with_thin_keys(ModelConfig model, long percent);

/// full / thin: the speed-up where time is proportional to this cost.
double modelled_speedup(const Cost& full, const Cost& thin);

}  // namespace rc
