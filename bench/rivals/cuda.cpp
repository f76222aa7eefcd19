// Our own kernels (kernels/attention/), on a GPU.
#include "bench/rivals.h"

#ifdef RC_HAS_CUDA_KERNELS
#include "bench/rivals/kernel_views.h"
#include "kernels/attention/cuda.h"
#endif

namespace rc {

#ifdef RC_HAS_CUDA_KERNELS

namespace {

/// On LibTorch's default stream, which is CUDA's.
void cuda_attention(const AttentionTask& task, const AttentionInputs& in, at::Tensor& out) {
  const auto shape = shape_of(task);
  const auto q = view_of(in.q), k = view_of(in.k), v = view_of(in.v);
  auto* result = out.data_ptr<float>();
  if (task.phase == Phase::kPrefill) {
    kernels::cuda::prefill(shape, q, k, v, /*causal=*/true, result, nullptr);
    return;
  }
  // From LibTorch's cache of GPU memory: taking it again costs nothing.
  const auto on_gpu = in.q.options();
  const auto lengths = at::full({task.batch}, task.context, on_gpu.dtype(at::kLong));
  const auto bytes = static_cast<std::int64_t>(kernels::cuda::decode_workspace(shape));
  const auto workspace = at::empty({bytes}, on_gpu.dtype(at::kByte));
  kernels::cuda::decode(shape, q, k, v, lengths.data_ptr<std::int64_t>(), result,
                        workspace.data_ptr(), nullptr);
}

bool on_gpu(const AttentionTask& task, at::Device device) {
  return device.is_cuda() && has_served_widths(task) && kernels::cuda::available();
}

}  // namespace

std::optional<Rival> cuda_rival() {
  return Rival{
      .name = "cuda",
      .about = "the cache split among blocks, or a warp a query; float32",
      .handles = on_gpu,
      .prepare = [](const AttentionTask&, const AttentionInputs& inputs) { return inputs; },
      .run = cuda_attention};
}

#else

std::optional<Rival> cuda_rival() { return std::nullopt; }

#endif

}  // namespace rc
