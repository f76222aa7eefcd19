// Where gain vectors come from: the snapshots of a run, or the weights of somebody else's model.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace rc {

/// [layer][d_k].
using Rows = std::vector<std::vector<double>>;

/// Gains of the RMSNorm on keys and on queries, by snapshot, in the order of the steps;
/// the last one is the end of the training.
struct GainHistory {
  std::vector<long> steps;
  std::vector<Rows> keys;
  std::vector<Rows> queries;
};

/// UserError names the snapshot that lacks a tensor or metadata, or differs in shape from the
/// first.
GainHistory read_history(std::span<const std::filesystem::path> snapshots);

/// Tensors named "...layers.<N>.self_attn.k_norm.weight" of one model, which may be split over
/// several files; other tensors are ignored. UserError if there is none, one is there twice, layers
/// are missing or widths differ.
Rows read_model(std::span<const std::filesystem::path> files);

}  // namespace rc
