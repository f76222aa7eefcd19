// What differs between LibTorch 1.13 (Debian) and 2.x, in one place.
#pragma once

#include <torch/torch.h>
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
