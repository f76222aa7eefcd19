// LibTorch's own fused attention; LibTorch 1.13 does not offer it yet.

#include "bench/rivals.h"

namespace rc {

#if TORCH_VERSION_MAJOR >= 2

namespace {

/// [B, heads, (T,) width] -> [B * Hkv, group, T, width] where `heads` is H, without a copy.
at::Tensor queries_by_kv_head(const AttentionTask& task, const at::Tensor& x) {
  return x.view({task.batch * task.kv_heads, task.group(), task.queries(), x.size(-1)});
}

/// [B, Hkv, T, width] -> [B * Hkv, group, T, width]: each head of a group sees the same memory.
at::Tensor keys_by_kv_head(const AttentionTask& task, const at::Tensor& x) {
  return x.view({task.batch * task.kv_heads, 1, task.context, x.size(-1)})
      .expand({-1, task.group(), -1, -1});
}

void scaled_dot_product(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  const bool causal = task.phase == Phase::kPrefill;
  // Its scale is 1/sqrt(width of q), which is the task's.
  out = at::scaled_dot_product_attention(queries_by_kv_head(task, in.q),
                                         keys_by_kv_head(task, in.k), keys_by_kv_head(task, in.v),
                                         /*attn_mask=*/{}, /*dropout_p=*/0.0, causal)
            .reshape(task.output_shape());
}

}  // namespace

std::optional<Rival> scaled_dot_product_rival() {
  return Rival{
      .name = "sdpa",
      .about = "LibTorch's scaled_dot_product_attention",
      .prepare = [](const AttentionTask&, const AttentionInputs& inputs) { return inputs; },
      .run = scaled_dot_product};
}

#else

std::optional<Rival> scaled_dot_product_rival() { return std::nullopt; }

#endif

}  // namespace rc
