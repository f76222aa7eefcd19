// Two batched matrix products with a softmax between them.
//
// Heads that share a key-value head are laid side by side as rows of one product, so that keys are
// neither repeated in memory nor read twice.
// Decode, log of ideas (8 sequences, 2048 keys, width 64, one core of an EPYC of 2022):
//   q k^T with the one or two queries of a group as rows: 6.4 ms, far worse at width 64 than at 48
//     (rows of 256 bytes fall on the same cache sets), which flatters every thinner key
//   k q^T, keys as rows, and a small transposition before the softmax: 5.7 ms   <- this
#include <limits>

#include "bench/rivals.h"

namespace rc {
namespace {

/// [B, heads, (T,) width] -> [B * Hkv, rows, width]
at::Tensor by_kv_head(const AttentionTask& task, const at::Tensor& x) {
  return x.view({task.batch * task.kv_heads, -1, x.size(-1)});
}

/// Zero where a query may look, minus infinity at keys after it; once for each head of a group.
/// [group * T, T]
at::Tensor causal_mask(const AttentionTask& task, const at::TensorOptions& options) {
  const auto closed = -std::numeric_limits<double>::infinity();
  return at::full({task.context, task.context}, closed, options).triu(1).repeat({task.group(), 1});
}

AttentionInputs with_mask(const AttentionTask& task, const AttentionInputs& inputs) {
  auto prepared = inputs;
  if (task.phase == Phase::kPrefill) prepared.mask = causal_mask(task, inputs.q.options());
  return prepared;
}

at::Tensor prefill_logits(const AttentionTask& task, const AttentionInputs& in) {
  return at::baddbmm(in.mask, by_kv_head(task, in.q), by_kv_head(task, in.k).transpose(1, 2), 1,
                     task.scale());
}

at::Tensor decode_logits(const AttentionTask& task, const AttentionInputs& in) {
  const auto q = by_kv_head(task, in.q) * task.scale();
  return at::bmm(by_kv_head(task, in.k), q.transpose(1, 2)).transpose(1, 2).contiguous();
}

void matmul_attention(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  auto weights = task.phase == Phase::kPrefill ? prefill_logits(task, in) : decode_logits(task, in);
  at::softmax_out(weights, weights, -1);
  auto rows = by_kv_head(task, out);
  at::bmm_out(rows, weights, by_kv_head(task, in.v));
}

}  // namespace

Rival matmul_rival() {
  return {.name = "matmul",
          .about = "matrix product, softmax, matrix product; shared keys read once",
          .prepare = with_mask,
          .run = matmul_attention};
}

}  // namespace rc
