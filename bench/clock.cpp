#include "bench/clock.h"

#include <benchmark/benchmark.h>
#include <hwy/cache_control.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace rc {
namespace {

void wait_for(at::Device device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

/// What a last-level cache is at most taken for: to write three times more would take longer than
/// all that is timed.
constexpr long kMostFlushed = 256L << 20;

/// Bytes of the largest cache of a CPU; 128 MB, twice what an H100 has, for GPUs and unknown CPUs.
long last_cache_bytes(at::Device device) {
  long largest = 0;
  if (device.is_cpu())
    for (const auto& cache : benchmark::CPUInfo::Get().caches)
      largest = std::max(largest, static_cast<long>(cache.size));
  return largest > 0 ? largest : 128L << 20;
}

/// The memory between a tensor's first and last element.
void flush_lines(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.numel() == 0) return;
  constexpr long kLine = 64;
  long last = 0;
  for (long d = 0; d < tensor.dim(); ++d) last += (tensor.size(d) - 1) * tensor.stride(d);
  const auto* bytes = static_cast<const char*>(tensor.data_ptr());
  const long size = (last + 1) * static_cast<long>(tensor.element_size());
  for (long i = 0; i < size; i += kLine) hwy::FlushCacheline(bytes + i);
  hwy::FlushCacheline(bytes + size - 1);
}

}  // namespace

double seconds_of(at::Device device, long calls, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  wait_for(device);
  const auto start = Clock::now();
  for (long i = 0; i < calls; ++i) call();
  wait_for(device);
  return std::chrono::duration<double>(Clock::now() - start).count();
}

long calls_between_readings(at::Device device, bool cold) {
  return device.is_cuda() && !cold ? 16 : 1;
}

void flush_caches(const std::vector<at::Tensor>& tensors, at::Device device) {
#if HWY_ARCH_X86
  // A virtual machine shares its last-level cache with many others: sweeping it takes a hundred
  // times as long as flushing what matters, and does not even reach all of it.
  if (device.is_cpu()) {
    for (const auto& tensor : tensors) flush_lines(tensor);
    std::atomic_thread_fence(std::memory_order_seq_cst);  // what is timed begins after it
    return;
  }
#endif
  static auto buffer = at::empty({std::min(3 * last_cache_bytes(device), kMostFlushed)},
                                 at::TensorOptions(at::kByte).device(device));
  buffer.fill_(1);
}

}  // namespace rc
