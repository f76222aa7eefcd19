// Our own kernels (kernels/attention/), on a CPU.
#include <ATen/Parallel.h>

#include "bench/rivals.h"
#include "kernels/attention/attention.h"

namespace rc {
namespace {

/// A contiguous tensor [B, heads, T, width], or [B, heads, width] where each head has one token.
kernels::View view_of(const at::Tensor& x) {
  return {x.data_ptr<float>(), kernels::Element::kFloat32, x.stride(0), x.stride(1),
          x.dim() == 4 ? x.stride(2) : 0};
}

void highway_attention(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  const kernels::Shape shape{task.batch,
                             task.heads,
                             task.kv_heads,
                             task.context,
                             task.key_width,
                             task.value_width,
                             static_cast<float>(task.scale())};
  const auto q = view_of(in.q), k = view_of(in.k), v = view_of(in.v);
  auto* result = out.data_ptr<float>();
  const int threads = at::get_num_threads();
  if (task.phase == Phase::kPrefill) {
    kernels::prefill(shape, q, k, v, /*causal=*/true, result, threads);
    return;
  }
  const std::vector<std::int64_t> lengths(static_cast<std::size_t>(task.batch), task.context);
  kernels::decode(shape, q, k, v, lengths.data(), result, threads);
}

bool on_cpu(const AttentionTask& task, at::Device device) {
  return device.is_cpu() && task.key_width <= 128 && task.value_width <= 128 &&
         task.value_width % 16 == 0;
}

}  // namespace

Rival highway_rival() {
  return {.name = "highway",
          .about = "one pass over the cache, or tiles of queries; vectors of this machine",
          .handles = on_cpu,
          .prepare = [](const AttentionTask&, const AttentionInputs& inputs) { return inputs; },
          .run = highway_attention};
}

}  // namespace rc
