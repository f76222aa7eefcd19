// Small random checkpoints, and what they compute by loops over numbers: for tests.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kernels/torch.h"

namespace rc {

/// A config.json of `model_type`: 3 layers of width 12, 4 heads on 2 keys of width 6, 40 tokens;
/// `own` adds and replaces fields.
nlohmann::json tiny_config_json(const std::string& model_type, const nlohmann::json& own = {});

/// How a checkpoint lies in its folder.
struct TinyLayout {
  torch::ScalarType type = torch::kFloat32;
  std::string prefix = "model.";  // before all names but the head's
  std::string head_prefix;
  int shards = 1;  // more than one come with an index
};

/// Writes config.json and random weights for it; gains are uneven, so that a norm that is missing
/// or of another family shows.
void write_tiny_checkpoint(const std::filesystem::path& folder, const nlohmann::json& config,
                           const TinyLayout& layout = {});

/// Ids [2, 9] of a vocabulary of 40.
torch::Tensor tiny_ids();

/// What a checkpoint gives for ids [B, T], in float64.
struct NaiveResult {
  torch::Tensor logits;          // [B, T, vocabulary]
  std::vector<torch::Tensor> q;  // a layer: [B, T, heads, d_k], after norm, before RoPE, in the
  std::vector<torch::Tensor> k;  // checkpoint's order of dimensions; k: [B, T, kv_heads, d_k]
};

/// The formulas of the families as their own code writes them: dimensions in the checkpoint's
/// order, one number after the other. It shares with ForeignModel only the reading of config.json.
NaiveResult naive_forward(const std::filesystem::path& folder, const torch::Tensor& ids);

}  // namespace rc
