#include "bench/task.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rc {

const char* phase_name(Phase phase) { return phase == Phase::kPrefill ? "prefill" : "decode"; }

double AttentionTask::scale() const { return 1 / std::sqrt(static_cast<double>(key_width)); }

std::vector<std::int64_t> AttentionTask::query_shape() const {
  if (phase == Phase::kPrefill) return {batch, heads, context, key_width};
  return {batch, heads, key_width};
}

std::vector<std::int64_t> AttentionTask::output_shape() const {
  auto shape = query_shape();
  shape.back() = value_width;
  return shape;
}

AttentionInputs random_inputs(const AttentionTask& task, std::uint64_t seed, at::Device device) {
  auto generator = at::detail::createCPUGenerator(seed);
  const auto normal = [&](at::IntArrayRef shape) { return at::randn(shape, generator).to(device); };
  auto full = task;
  full.key_width = task.full_width;
  AttentionInputs inputs;
  inputs.q = normal(full.query_shape());
  inputs.k = normal({task.batch, task.kv_heads, task.context, task.full_width});
  inputs.v = normal({task.batch, task.kv_heads, task.context, task.value_width});
  return inputs;
}

AttentionInputs narrowed(const AttentionInputs& full, long width) {
  return {full.q.narrow(-1, 0, width).contiguous(), full.k.narrow(-1, 0, width).contiguous(),
          full.v, full.mask};
}

at::Tensor poisoned_output(const AttentionTask& task, at::Device device) {
  return at::full(task.output_shape(), std::numeric_limits<float>::quiet_NaN(), device);
}

long kept_width(long full_width, long percent) {
  const auto pairs = static_cast<double>(full_width) / 2 * static_cast<double>(100 - percent) / 100;
  return 2 * std::max(1L, std::lround(pairs));
}

}  // namespace rc
