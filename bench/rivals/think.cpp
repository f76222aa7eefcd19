// Thin keys as ThinK (Xu et al. 2024, arXiv:2407.21018) has them: each key-value head keeps
// channels of its own in the cache, the projections stay as they were, and so every step first
// gathers those channels from queries of full width.
#include "bench/rivals.h"

namespace rc {
namespace {

/// Channels that each key-value head keeps, others in every head; [B, H, key_width].
at::Tensor kept_channels(const AttentionTask& task, at::Device device) {
  const auto options = at::TensorOptions(at::kLong).device(device);
  const auto first = at::arange(task.kv_heads, options).repeat_interleave(task.group());
  const auto channels = first.unsqueeze(1) + at::arange(task.key_width, options);
  return channels.remainder(task.full_width)
      .expand({task.batch, task.heads, task.key_width})
      .contiguous();
}

/// At full width nothing was cut and nothing is gathered.
AttentionInputs with_wide_queries(const AttentionTask& task, const AttentionInputs& thin) {
  auto prepared = thin;
  if (task.key_width == task.full_width) return prepared;
  prepared.kept = kept_channels(task, thin.q.device());
  prepared.q = at::zeros({task.batch, task.heads, task.full_width}, thin.q.options())
                   .scatter(-1, prepared.kept, thin.q);
  return prepared;
}

void gather_and_multiply(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  auto gathered = in;
  if (in.kept.defined()) gathered.q = in.q.gather(-1, in.kept);
  matmul_rival().run(task, gathered, out);
}

bool decode(const AttentionTask& task, at::Device) { return task.phase == Phase::kDecode; }

}  // namespace

Rival think_rival() {
  return {.name = "think",
          .about = "channels of wide queries gathered at each step, then the matmul kernel",
          .handles = decode,
          .prepare = with_wide_queries,
          .run = gather_and_multiply};
}

}  // namespace rc
