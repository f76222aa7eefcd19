#include "bench/reference.h"

#include <limits>

namespace rc {
namespace {

at::Tensor future_keys(long tokens) {  // [query, key], true where the key comes after the query
  return at::ones({tokens, tokens}, at::kBool).triu(1);
}

}  // namespace

at::Tensor reference_attention(const AttentionTask& task, const AttentionInputs& inputs,
                               at::ScalarType precision) {
  const auto cast = [&](const at::Tensor& x) { return x.to(at::kCPU, precision); };
  const auto repeated = [&](const at::Tensor& x) {  // [B, Hkv, T, *] -> [B, H, T, *]
    return cast(x).repeat_interleave(task.group(), 1);
  };
  const auto q = cast(inputs.q).reshape({task.batch, task.heads, task.queries(), task.key_width});
  auto logits = at::matmul(q, repeated(inputs.k).transpose(-1, -2)) * task.scale();
  if (task.phase == Phase::kPrefill)
    logits.masked_fill_(future_keys(task.context), -std::numeric_limits<double>::infinity());
  return at::matmul(at::softmax(logits, -1), repeated(inputs.v)).reshape(task.output_shape());
}

}  // namespace rc
