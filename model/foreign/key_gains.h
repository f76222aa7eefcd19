// What the norm on keys multiplies each dimension by, of a model trained elsewhere.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "model/foreign/foreign_config.h"

namespace rc {

/// Effective gains, in this project's order of dimensions: rotary pair i is (2i, 2i + 1), where the
/// checkpoint has (i, i + d_k/2). Pair i turns at step i of the frequencies.
struct KeyGains {
  ForeignConfig config;  // the facts they were read by: block.qk_norm, block.gain_offset, d_k
  /// [layer][head][d_k]. One head where all share their gains (QkNorm::kPerHead), kv_heads where
  /// the norm is taken over all of them (QkNorm::kFullWidth).
  std::vector<std::vector<std::vector<double>>> layers;
};

/// `paths`: the folder of a checkpoint, or files of one (as many as hold gains), beside which its
/// config.json lies. UserError if the family has no norm on keys, or gains are missing or of
/// another width than config.json says.
KeyGains read_key_gains(std::span<const std::filesystem::path> paths);

/// Position in the checkpoint, (i, i + d_k/2), of dimension `ours` of this project's order.
constexpr long half_split_index(long ours, long d_k) { return ours / 2 + ours % 2 * (d_k / 2); }

}  // namespace rc
