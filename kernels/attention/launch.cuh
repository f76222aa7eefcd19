// What the host asks of a GPU to run kernels on it. Without nvcc the emulator stands in for it
// (emulator.h), so that the code which picks kernels and grids is tested everywhere too.
#pragma once

#if !defined(__CUDACC__)
#include "kernels/attention/emulator.h"
#else

#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace rc::kernels::cuda {

/// First number of the GPU's compute capability; 0 where there is none.
inline int capability() {
  int devices = 0, device = 0, major = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return 0;
  cudaGetDevice(&device);
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device);
  return major;
}

inline int multiprocessors() {
  int device = 0, count = 1;
  if (cudaGetDevice(&device) == cudaSuccess)
    cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return std::max(1, count);
}

/// Queues a kernel behind what `stream` has; block_memory() has `shared_bytes`.
/// std::runtime_error with CUDA's words if it is refused.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, unsigned threads, std::size_t shared_bytes,
            void* stream, const Arguments&... arguments) {
  if (shared_bytes > 48 * 1024)  // it has to be asked for
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(shared_bytes));
  const auto on = static_cast<cudaStream_t>(stream);
  kernel<<<grid, threads, shared_bytes, on>>>(arguments...);
  if (const auto error = cudaGetLastError(); error != cudaSuccess)
    throw std::runtime_error(std::string("attention on a GPU: ") + cudaGetErrorString(error));
}

}  // namespace rc::kernels::cuda

#endif
