// What the GPU kernels share: a warp, and where a head lies. Without nvcc the same code runs on the
// host, emulated (emulator.h), for its tests.
#pragma once

#include <cstdint>

#include "kernels/attention/attention.h"
#include "kernels/attention/mma.cuh"

namespace rc::kernels::cuda {

inline constexpr unsigned kFullWarp = 0xffffffff;
inline constexpr float kLog2e = 1.44269504088896341f;

template <typename T>
__device__ const T* head_of(const View& x, std::int64_t sequence, std::int64_t head) {
  return static_cast<const T*>(x.data) + sequence * x.sequence_stride + head * x.head_stride;
}

/// Two neighbouring coordinates; `at` is as aligned as the pair is wide.
__device__ inline float2 pair_at(const float* at) { return *reinterpret_cast<const float2*>(at); }
__device__ inline float2 pair_at(const __nv_bfloat16* at) {
  return __bfloat1622float2(*reinterpret_cast<const __nv_bfloat162*>(at));
}

__device__ inline float warp_max(float x) {
  for (int lanes = 16; lanes > 0; lanes /= 2) x = fmaxf(x, __shfl_xor_sync(kFullWarp, x, lanes));
  return x;
}

__device__ inline float warp_sum(float x) {
  for (int lanes = 16; lanes > 0; lanes /= 2) x += __shfl_xor_sync(kFullWarp, x, lanes);
  return x;
}

}  // namespace rc::kernels::cuda
