// The task that every attention kernel of this folder solves: shapes and inputs, and nothing about
// how.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/torch.h"

namespace rc {

/// Prefill reads a whole prompt at once and is bound by arithmetic; decode adds one token to each
/// sequence and is bound by reading the cache.
enum class Phase { kPrefill, kDecode };

const char* phase_name(Phase phase);  // "prefill", "decode"

/// Grouped-query attention in float32, out = softmax(q k^T / sqrt(w)) v:
///   prefill  q [B, H, T, w]  k [B, Hkv, T, w]  v [B, Hkv, T, dv]  ->  [B, H, T, dv], causal
///   decode   q [B, H, w]     k [B, Hkv, T, w]  v [B, Hkv, T, dv]  ->  [B, H, dv], all keys are
///   seen
/// Query head h reads key-value head h / (H / Hkv).
/// Design goal: a kernel with thin keys (w < full_width) solves the task a pruned model poses, so
/// that two kernels of one task must agree. Non-goals: dropout, padding, sequences of unequal
/// length.
struct AttentionTask {
  Phase phase = Phase::kDecode;
  long batch = 1;         // B
  long heads = 1;         // H, a multiple of kv_heads
  long kv_heads = 1;      // Hkv
  long context = 1;       // T
  long full_width = 64;   // key width before dimensions were removed
  long key_width = 64;    // w, those that are left
  long value_width = 64;  // dv

  long queries() const { return phase == Phase::kPrefill ? context : 1; }
  long group() const { return heads / kv_heads; }
  double scale() const;
  std::vector<std::int64_t> query_shape() const;
  std::vector<std::int64_t> output_shape() const;
};

/// What a kernel reads; contiguous.
struct AttentionInputs {
  at::Tensor q, k, v;
  // Empty, or made by the `prepare` of a kernel:
  at::Tensor mask;  // what it adds to its logits
  at::Tensor kept;  // channels of wider queries that its keys have
};

/// Standard normal inputs at the task's full width; the same for equal seeds on every device.
AttentionInputs random_inputs(const AttentionTask& task, std::uint64_t seed, at::Device device);

/// The first `width` coordinates of queries and keys; the values are shared.
AttentionInputs narrowed(const AttentionInputs& full, long width);

/// An output of the task's shape in which every element is NaN: what a kernel leaves out shows.
at::Tensor poisoned_output(const AttentionTask& task, at::Device device);

/// The even width nearest to (1 - percent / 100) full_width, at least 2. Rotary embeddings turn
/// pairs of coordinates, so that only whole pairs make a key narrower: 60 % of 64 leave 26.
long kept_width(long full_width, long percent);

}  // namespace rc
