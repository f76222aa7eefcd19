// What a Hugging Face checkpoint says of its model in config.json: the families this project can
// evaluate, and everything that makes one member of them differ from another.
//
// A goal: nothing is guessed. What is not implemented is refused by its name: a family, a way of
// stretching positions, a bias, a cap on logits, a field nobody here knows. A non-goal: training.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rc {

/// What the RMSNorm on queries and keys is taken over.
enum class QkNorm {
  kNone,
  kPerHead,    // each head's dimensions; one gain [d_k] for all heads
  kFullWidth,  // all heads side by side, before they are split; a gain [heads, d_k]
};

enum class Activation { kSilu, kGeluTanh };

/// What the blocks of a family are built of.
struct BlockFacts {
  QkNorm qk_norm = QkNorm::kNone;
  double gain_offset = 0;   // a norm multiplies by gain_offset + w
  bool norm_before = true;  // RMSNorm on what attention and feed-forward read
  bool norm_after = false;  // RMSNorm on what they add to the residual stream
  Activation activation = Activation::kSilu;
  bool operator==(const BlockFacts&) const = default;
};

/// Frequencies base^(-2i/d_k) of the rotary pairs, stretched for longer contexts or not.
struct RotaryFacts {
  enum class Scaling { kNone, kLinear, kLlama3 };
  double base = 10000;
  Scaling scaling = Scaling::kNone;
  double factor = 1;
  // llama3: pairs that turn less than low_turns times in original_context tokens are stretched by
  // factor, those that turn more than high_turns times are not, those between in part.
  double low_turns = 0, high_turns = 0, original_context = 0;
  bool operator==(const RotaryFacts&) const = default;
};

struct LayerFacts {
  long window = 0;  // a query sees that many keys, its own among them; 0: all before it
  RotaryFacts rotary = {};
  bool operator==(const LayerFacts&) const = default;
};

struct ForeignConfig {
  std::string family;  // model_type: llama, mistral, qwen2, qwen3, olmo2 or gemma3_text
  BlockFacts block;
  long d_model = 0;
  long d_ff = 0;
  long heads = 0;
  long kv_heads = 0;
  long d_k = 0;  // of queries, keys and values
  long vocabulary = 0;
  long context = 0;            // as stated; longer sequences are computed too
  double epsilon = 0;          // of every RMSNorm
  double embedding_scale = 1;  // the residual stream starts at this times the embedding
  double logit_scale = 1;      // attention logits are this times q k^T
  bool tied = false;           // the output layer is the embedding
  bool qkv_bias = false;
  bool output_bias = false;
  bool feed_forward_bias = false;
  std::vector<LayerFacts> layers;
  bool operator==(const ForeignConfig&) const = default;
};

/// The config.json in `folder`. UserError names the field that is missing, wrong or not
/// implemented.
ForeignConfig read_foreign_config(const std::filesystem::path& folder);

/// The same of a configuration already parsed; `where` opens every message.
ForeignConfig foreign_config(const nlohmann::json& config, const std::string& where);

/// One line for a person: family, shape, norms, windows.
std::string summary(const ForeignConfig& config);

}  // namespace rc
