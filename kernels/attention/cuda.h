// The same attention on an NVIDIA GPU (sm_80 and newer): tensor cores for prompts, the memory's
// bandwidth for single tokens.
//
// Design goals: the interface of attention.h, so that a caller changes only where pointers live;
// it compiles where nvcc is and no GPU. Non-goals: as attention.h.
// Pointers in views, `lengths`, `out` and `workspace` lie in the GPU's memory; calls return before
// the work is done. Coordinates are read in pairs: all strides are even and data is aligned to a
// pair, 4 bytes in bfloat16 and 8 in float32.
#pragma once

#include <cstddef>

#include "kernels/attention/attention.h"

namespace rc::kernels::cuda {

/// Is there a GPU that these kernels run on?
bool available();

/// As kernels::prefill. bfloat16 goes through the tensor cores, which pad the key width to a
/// multiple of 16; float32 has no such unit that keeps its accuracy and goes key by key, slowly.
/// `stream` is a cudaStream_t. std::invalid_argument for a shape or a stride out of range,
/// std::runtime_error with CUDA's words if the launch fails.
void prefill(const Shape& shape, const View& q, const View& k, const View& v, bool causal,
             float* out, void* stream);

/// Bytes of GPU memory that decode() needs beside its arguments: the partial sums of the pieces
/// that the cache of `shape.context` tokens is split into. std::invalid_argument as decode().
std::size_t decode_workspace(const Shape& shape);

/// As kernels::decode, for lengths up to shape.context; errors as prefill(). The cache of a
/// sequence is split among as many blocks as keep the GPU busy; a second kernel adds their partial
/// sums.
void decode(const Shape& shape, const View& q, const View& k_cache, const View& v_cache,
            const std::int64_t* lengths, float* out, void* workspace, void* stream);

}  // namespace rc::kernels::cuda
