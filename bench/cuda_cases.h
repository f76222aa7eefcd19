// What bench-cuda times on a GPU: attention at one key width, and the copy it is held against.
#pragma once

#include <cstddef>
#include <functional>

namespace rc {

/// Of bfloat16 attention whose values are 64 wide.
struct CudaShapes {
  long batch = 16;  // sequences of a decode step; a prompt is one
  long heads = 16, kv_heads = 4;
  long decode_context = 8192, prefill_context = 4096;
};

/// It owns the GPU's memory that its calls use.
struct CudaCase {
  double work = 0;  // of a call: bytes read and written, or floating-point operations
  int calls = 1;    // between two readings of the clock
  std::function<void(int call)> call;  // queues the work
};

/// A copy within the GPU's memory.
CudaCase copy_case(std::size_t bytes);

/// A decode step that reads a cache which is in no cache of the GPU.
CudaCase decode_case(const CudaShapes& shapes, int width);

/// A causal prompt.
CudaCase prefill_case(const CudaShapes& shapes, int width);

/// Seconds a call by the GPU's own clock, behind one that is not counted. Calls queue up behind
/// each other: waiting for each would add the way to the GPU and back.
double seconds_a_call(const CudaCase& timed);

/// UserError with CUDA's words.
void require_cuda(int error, const char* what);

}  // namespace rc
