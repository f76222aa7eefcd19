#include "bench/clock.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

namespace rc {
namespace {

void wait_for(at::Device device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

/// A virtual machine is told of a last-level cache that it shares with many others; to write three
/// times a few hundred megabytes would take longer than all that is timed.
constexpr long kMostFlushed = 256L << 20;

/// Bytes of the largest cache of a CPU; 128 MB, twice what an H100 has, for GPUs and unknown CPUs.
long last_cache_bytes(at::Device device) {
  long largest = 0;
  if (device.is_cpu())
    for (const auto& cache : benchmark::CPUInfo::Get().caches)
      largest = std::max(largest, static_cast<long>(cache.size));
  return largest > 0 ? largest : 128L << 20;
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

void flush_caches(at::Device device) {
  static auto buffer = at::empty({std::min(3 * last_cache_bytes(device), kMostFlushed)},
                                 at::TensorOptions(at::kByte).device(device));
  buffer.fill_(1);
}

}  // namespace rc
