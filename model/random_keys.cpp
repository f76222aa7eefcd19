#include "model/random_keys.h"

#include <fmt/format.h>

#include <cmath>

#include "model/transformer.h"
#include "pipeline/statistics/statistics.h"

namespace rc {

torch::Tensor random_keys(const torch::Tensor& stream, const RandomProjection& projection) {
  const auto d_model = stream.size(-1), heads = projection.count * projection.heads;
  const auto label = fmt::format("snapshot.random_keys.{}", projection.layer);
  auto random = cpu_generator(generator(projection.seed, label)());
  const auto weight =
      torch::normal(0.0, 1 / std::sqrt(d_model), {heads * projection.d_k, d_model}, random);
  const auto keys =
      torch::matmul(stream, weight.to(stream.device()).t()).unflatten(-1, {heads, projection.d_k});
  if (!projection.qk_norm) return keys;
  return rms_norm(keys, torch::ones({projection.d_k}, keys.options()));
}

}  // namespace rc
