// Tensors and tasks as our own attention kernels take them.
#pragma once

#include "bench/task.h"
#include "kernels/attention/attention.h"

namespace rc {

/// A contiguous tensor [B, heads, T, width], or [B, heads, width] where each head has one token.
inline kernels::View view_of(const at::Tensor& x) {
  return {x.data_ptr<float>(), kernels::Element::kFloat32, x.stride(0), x.stride(1),
          x.dim() == 4 ? x.stride(2) : 0};
}

inline kernels::Shape shape_of(const AttentionTask& task) {
  return {task.batch,
          task.heads,
          task.kv_heads,
          task.context,
          task.key_width,
          task.value_width,
          static_cast<float>(task.scale())};
}

/// Widths our kernels serve.
inline bool has_served_widths(const AttentionTask& task) {
  return task.key_width <= 128 && task.value_width <= 128 && task.value_width % 16 == 0;
}

}  // namespace rc
