// Our own kernels (kernels/attention/), on a CPU.
#include "bench/rivals.h"
#include "bench/rivals/kernel_views.h"

namespace rc {
namespace {

void highway_attention(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  const auto shape = shape_of(task);
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
  return device.is_cpu() && has_served_widths(task);
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
