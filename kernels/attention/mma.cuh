// The two instructions of the tensor cores that the kernels use, and the fragments they work on.
// Layouts: PTX ISA, "Matrix fragments for mma.m16n8k16". A warp's thread t has row g = t / 4 and
// column pair c = t % 4; a fragment's register holds two neighbouring bfloat16.
#pragma once

#if !defined(__CUDACC__)
#include "kernels/attention/emulator.h"
#else

#include <cuda_bf16.h>

#include <cstdint>

namespace rc::kernels::cuda {

/// Shared memory of the size that the launch asked for.
__device__ inline unsigned char* block_memory() {
  extern __shared__ __align__(16) unsigned char memory[];
  return memory;
}

/// d[16 x 8] += a[16 x 16] b[16 x 8]; a by rows, b by columns.
/// a: (g, 2c), (g + 8, 2c), (g, 2c + 8), (g + 8, 2c + 8); b: (2c, g), (2c + 8, g);
/// d: (g, 2c), (g, 2c + 1), (g + 8, 2c), (g + 8, 2c + 1).
__device__ inline void multiply_add(float (&d)[4], const std::uint32_t (&a)[4], std::uint32_t b0,
                                    std::uint32_t b1) {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
#else
  __trap();  // a build for older GPUs too; available() keeps callers away
#endif
}

/// The b of a matrix [16 x 8] that lies in shared memory by rows. Lane l < 16 passes the address of
/// row l, 16-byte aligned; the others' are not read.
__device__ inline void load_transposed(std::uint32_t& b0, std::uint32_t& b1,
                                       const __nv_bfloat16* row) {
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 750
  const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
               : "=r"(b0), "=r"(b1)
               : "r"(address)
               : "memory");
#else
  __trap();  // as above
#endif
}

/// Two floats as a register of a fragment, the first in the lower half.
__device__ inline std::uint32_t packed(float low, float high) {
  const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
}

}  // namespace rc::kernels::cuda

#endif
