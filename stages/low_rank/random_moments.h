// Moments to try maps on, for tests.
#pragma once

#include "kernels/torch.h"

namespace rc {

inline torch::Tensor normals(std::vector<std::int64_t> shape, std::uint64_t seed) {
  auto random = cpu_generator(seed);
  return torch::normal(0.0, 1.0, shape, random).to(torch::kFloat64);
}

/// The second moment of vectors whose coordinates are correlated and of unlike size.
inline torch::Tensor second_moment_of(long d, std::uint64_t seed) {
  const auto mix = normals({d, d}, seed) * torch::logspace(0, -1, d, 10, torch::kFloat64);
  return mix.matmul(mix.t());
}

}  // namespace rc
