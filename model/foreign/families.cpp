#include "model/foreign/families.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "model/foreign/config_fields.h"
#include "pipeline/error.h"

namespace rc {
namespace {

using nlohmann::json;

/// Defaults that llama, mistral, qwen and olmo share, and those a family adds.
json defaults_with(const json& own) {
  json all = {{"hidden_act", "silu"},
              {"rms_norm_eps", 1e-6},
              {"rope_theta", 10000.0},
              {"tie_word_embeddings", false}};
  all.update(own);
  return all;
}

/// Defaults and formulas as in transformers' configuration_<family>.py and modeling_<family>.py.
std::vector<Family> all_families() {
  std::vector<Family> all;
  all.push_back({.model_type = "llama",
                 .architecture = "LlamaForCausalLM",
                 .attention_bias = AttentionBias::kAsked,
                 .feed_forward_bias = true,
                 .defaults = {{"max_position_embeddings", 2048}}});
  all.push_back({.model_type = "mistral",
                 .architecture = "MistralForCausalLM",
                 .windows = Windows::kAll,
                 .defaults = {{"max_position_embeddings", 131072}, {"sliding_window", 4096}}});
  const json qwen = {{"max_position_embeddings", 32768},
                     {"use_sliding_window", false},
                     {"sliding_window", 4096},
                     {"max_window_layers", 28}};
  all.push_back({.model_type = "qwen2",
                 .architecture = "Qwen2ForCausalLM",
                 .windows = Windows::kLate,
                 .attention_bias = AttentionBias::kQkv,
                 .defaults = qwen});
  all.push_back({.model_type = "qwen3",
                 .architecture = "Qwen3ForCausalLM",
                 .block = {.qk_norm = QkNorm::kPerHead},
                 .windows = Windows::kLate,
                 .attention_bias = AttentionBias::kAsked,
                 .defaults = qwen});
  all.back().defaults["head_dim"] = 128;
  all.push_back({.model_type = "olmo2",
                 .architecture = "Olmo2ForCausalLM",
                 .block = {.qk_norm = QkNorm::kFullWidth, .norm_before = false, .norm_after = true},
                 .attention_bias = AttentionBias::kAsked,
                 .defaults = {{"max_position_embeddings", 2048}, {"rms_norm_eps", 1e-5}}});
  for (auto& family : all) {
    family.activation_field = "hidden_act", family.activation = "silu";
    family.defaults = defaults_with(family.defaults);
  }
  all.push_back({.model_type = "gemma3_text",
                 .architecture = "Gemma3ForCausalLM",
                 .block = {.qk_norm = QkNorm::kPerHead,
                           .gain_offset = 1,
                           .norm_after = true,
                           .activation = Activation::kGeluTanh},
                 .windows = Windows::kPeriodic,
                 .attention_bias = AttentionBias::kAsked,
                 .scaled_embedding = true,
                 .two_rotary_bases = true,
                 .activation_field = "hidden_activation",
                 .activation = "gelu_pytorch_tanh",
                 .defaults = {{"vocab_size", 262208},
                              {"hidden_size", 2304},
                              {"intermediate_size", 9216},
                              {"num_hidden_layers", 26},
                              {"num_attention_heads", 8},
                              {"num_key_value_heads", 4},
                              {"head_dim", 256},
                              {"hidden_activation", "gelu_pytorch_tanh"},
                              {"max_position_embeddings", 131072},
                              {"rms_norm_eps", 1e-6},
                              {"rope_theta", 1e6},
                              {"rope_local_base_freq", 1e4},
                              {"query_pre_attn_scalar", 256},
                              {"sliding_window", 4096},
                              {"sliding_window_pattern", 6},
                              {"tie_word_embeddings", true}}});
  return all;
}

}  // namespace

const Family& family_named(std::string_view model_type, std::string_view where) {
  static const std::vector<Family> all = all_families();
  std::vector<std::string> known;
  for (const auto& family : all) {
    if (family.model_type == model_type) return family;
    known.push_back(family.model_type);
  }
  throw UserError(fmt::format("{}: models of the family {} are not implemented; {} and gemma3 are",
                              where, quoted(std::string(model_type)), fmt::join(known, ", ")));
}

}  // namespace rc
