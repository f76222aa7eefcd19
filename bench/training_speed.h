// How fast a training step is, against its plain composition and against the machine.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "model/config.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// Floating-point operations of training on one token: 6 a parameter (the embedding counted once)
/// and 3 * layers * heads * T * (d_k + d_v) for attention, whose every query sees T/2 keys on
/// average (Kaplan et al. 2020, arXiv:2001.08361).
double training_flops(const ModelConfig& config);

/// Seconds of every round; entry i of all was taken in the same round, one after the other.
struct Rounds {
  std::vector<double> reference;           // a training step of LibTorch's operations, float32
  std::vector<double> fused;               // one of the fused operations
  std::vector<double> reference_bfloat16;  // the same two, weights multiplied in bfloat16; the
  std::vector<double> fused_bfloat16;      // fused one where the processor does so itself, or none
  std::vector<double> product;             // two square matrices kProductSize wide, float32
};

/// In the layout of Google Benchmark: {"benchmarks": [{"name": "training/fused", "fastest_s": ...,
/// "seconds": [...]}, ...]}, the ways but the reference in bfloat16.
nlohmann::json to_json(const Rounds& rounds);

inline constexpr long kProductSize = 1536;
inline constexpr double kProductFlops = 2.0 * kProductSize * kProductSize * kProductSize;

/// Trains a model a way, of one seed and on random tokens, a step of each in turn, after one
/// unrecorded step of all.
Rounds time_steps(const ModelConfig& config, const Settings& settings, torch::Device device,
                  long rounds);

}  // namespace rc
