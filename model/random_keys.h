// Keys that a random W_k would make of a trained model: what they span, the residual stream spans.
#pragma once

#include <cstdint>

#include "kernels/torch.h"

namespace rc {

/// Projections a layer of a model trained here; measures average over them as over heads.
inline constexpr long kRandomProjections = 5;

struct RandomProjection {
  std::uint64_t seed = 0;  // of the run
  long layer = 0;          // each layer has projections of its own
  long heads = 0;          // key heads of the model
  long d_k = 0;
  bool qk_norm = true;
  long count = kRandomProjections;
};

/// `stream` [B, T, d_model] as W_k reads it -> keys before RoPE, [B, T, count * heads, d_k]. W_k is
/// drawn as the initial one is, normal and independent (model/weights), but not the one that the
/// run began with; QK-norm, where the model has it, with gain 1. The standard deviation of the
/// entries is 1/sqrt(d_model): the norm takes a key's length out, and no measure of rank sees it.
torch::Tensor random_keys(const torch::Tensor& stream, const RandomProjection& projection);

}  // namespace rc
