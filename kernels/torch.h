// What of LibTorch most files use, and what differs between its versions. <torch/torch.h> brings
// modules, data loaders and serialisation besides, which double the time that a file takes to compile.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR >= 2
#define RC_HAS_SCALED_DOT_PRODUCT_ATTENTION 1
#else
#define RC_HAS_SCALED_DOT_PRODUCT_ATTENTION 0
#endif

namespace rc {

/// "1.13.0", as the headers say.
inline const char* torch_version() { return TORCH_VERSION; }

/// A generator on the CPU with this seed.
inline at::Generator cpu_generator(std::uint64_t seed) {
  return at::detail::createCPUGenerator(seed);
}

}  // namespace rc
