// The parameters, and their names in a checkpoint.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernels/torch.h"
#include "model/config.h"
#include "model/tensors.h"

namespace rc {

/// One transformer block.
struct LayerWeights {
  torch::Tensor attention_norm;     // [d_model] gain of the RMSNorm before attention
  torch::Tensor feed_forward_norm;  // [d_model] gain of the RMSNorm before the feed-forward
  // Gains of QK-norm, shared by the heads; undefined without queries and keys (uniform attention).
  torch::Tensor gain_q;  // [d_k]
  torch::Tensor gain_k;  // [d_k]
  /// W_q, W_k, W_v, W_o one under the other: the original trains them as one matrix, and Muon
  /// orthogonalises them as one. [q_rows + k_rows + v_rows + d_model, d_model]; of W_o the columns
  /// behind heads * d_v are 0 and stay so, for which Muon takes W_o by itself (Trainer).
  torch::Tensor qkvo;
  torch::Tensor up;    // [d_ff, d_model]
  torch::Tensor down;  // [d_model, d_ff]
  torch::Tensor gate;  // [d_ff, d_model]; undefined unless the feed-forward is gated
  /// Step of the rotary frequencies that turns each rotary pair, [d_k/2] int64. Not trained.
  torch::Tensor rotary_pairs;
  /// Surgery on the keys after QK-norm and before RoPE: k becomes key_map k + key_offset, of each
  /// key head its own, [kv_heads, d_k, d_k] and [kv_heads, d_k]. Undefined: the identity, nothing.
  /// Never trained, never saved.
  torch::Tensor key_map = {};
  torch::Tensor key_offset = {};
  bool operates_on_keys() const { return key_map.defined() || key_offset.defined(); }
};

/// What queries are multiplied by after their norm: gain_q times the factor of a logit width.
torch::Tensor query_gain(const LayerWeights& layer, const ModelConfig& config);

/// All of a model. The embedding is tied with the output layer.
struct Weights {
  torch::Tensor embedding;  // [vocabulary, d_model]
  std::vector<LayerWeights> layers;
  torch::Tensor final_norm;  // [d_model]

  std::vector<torch::Tensor*> matrices();    // what Muon trains
  std::vector<torch::Tensor*> qk_gains();    // of QK-norm, two a layer or none
  std::vector<torch::Tensor*> norm_gains();  // of the other norms
  std::vector<torch::Tensor*> gains();       // both
  Weights to(torch::Device device) const;
};

/// Matrices normal(0, std), gains 1. Each matrix has a random stream of its own, named by seed and
/// checkpoint name, so that two arms start alike wherever their shapes agree.
Weights initial_weights(const ModelConfig& config, std::uint64_t seed, double std);

/// Names as the ecosystem has them: "model.layers.3.self_attn.k_norm.weight", ...
NamedTensors named(const Weights& weights, const ModelConfig& config);

/// A model as a checkpoint holds it.
struct SavedModel {
  ModelConfig config;
  Weights weights;
};

/// Writes the checkpoint; `metadata` are facts to keep with it.
void save_model(const std::filesystem::path& checkpoint, const SavedModel& model,
                std::map<std::string, std::string> metadata = {});

/// The model of a checkpoint. A compacted one (model/compact.h) says how wide its keys are; all
/// else must be as `config` says: UserError names the file and the first tensor that is missing or
/// of another shape.
SavedModel load_model(const std::filesystem::path& checkpoint, ModelConfig config);

}  // namespace rc
