// Decode head by head: two matrix-vector products each, heads shared out among the threads.
//
// A decode step has one query a head, and BLAS streams a matrix through gemv at the speed of
// memory, which its matrix product does not reach with one or two columns: 3.8 ms against 5.7 ms of
// matmul.cpp (8 sequences, 2048 keys, width 64, one core). On a GPU it would launch three kernels a
// head.

#include "bench/rivals.h"

namespace rc {
namespace {

void one_head(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out, long b,
              long h) {
  const long shared = h / task.group();
  const auto logits = at::mv(in.k[b][shared], in.q[b][h] * task.scale());
  auto result = out[b][h];
  at::mv_out(result, in.v[b][shared].t(), at::softmax(logits, -1));
}

void matvec_attention(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  at::parallel_for(0, task.batch * task.heads, 1, [&](std::int64_t first, std::int64_t last) {
    for (auto i = first; i < last; ++i) one_head(task, in, out, i / task.heads, i % task.heads);
  });
}

bool decode_on_cpu(const AttentionTask& task, at::Device device) {
  return task.phase == Phase::kDecode && device.is_cpu();
}

}  // namespace

Rival matvec_rival() {
  return {.name = "matvec",
          .about = "head by head, two matrix-vector products",
          .handles = decode_on_cpu,
          .prepare = [](const AttentionTask&, const AttentionInputs& inputs) { return inputs; },
          .run = matvec_attention};
}

}  // namespace rc
