// What a model makes of fixed sequences at one step, as stages that measure keys read it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/tensors.h"
#include "model/weights.h"

namespace rc {

/// `name`.<layer> [B * T, heads, d_k] of x [B, T, heads, d_k], added to `all`. Names are "q" and
/// "k", after QK-norm and before RoPE, and "k_random" (model/random_keys.h).
void put_layer(NamedTensors& all, const std::string& name, long layer, const torch::Tensor& x);

/// gain_k and gain_q [layers, d_k], and rotary_pairs [layers, d_k / 2], the step of the frequencies
/// that turns each pair.
void put_gains(NamedTensors& all, const Weights& weights);

/// arm, seed, layers, heads, kv_heads, d_k, context, rope_base, rope_frequencies and sequences;
/// step and steps_total are the caller's.
std::map<std::string, std::string> snapshot_metadata(const std::string& arm, long seed,
                                                     const ModelConfig& model, long sequences);

}  // namespace rc
