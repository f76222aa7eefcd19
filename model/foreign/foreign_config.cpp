#include "model/foreign/foreign_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "model/foreign/config_fields.h"
#include "model/foreign/families.h"
#include "model/foreign/rotary_facts.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"
#include "pipeline/text.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr long kMostLayers = 10'000;
constexpr long kMostWidth = 1 << 20;
constexpr long kMostTokens = 1 << 30;

/// Fields that change nothing of what a model computes from ids: training, generation, storage.
constexpr std::string_view kIgnored[] = {"_attn_implementation_autoset",
                                         "_name_or_path",
                                         "attention_dropout",
                                         "bos_token_id",
                                         "cache_implementation",
                                         "classifier_dropout",
                                         "dtype",
                                         "eos_token_id",
                                         "initializer_range",
                                         "is_llama_config",
                                         "max_sequence_length",
                                         "pad_token_id",
                                         "pretraining_tp",
                                         "torch_dtype",
                                         "transformers.js_config",
                                         "transformers_version",
                                         "unsloth_fixed",
                                         "unsloth_version",
                                         "use_cache"};

void read_shape(ConfigFields& fields, ForeignConfig& c) {
  c.d_model = fields.count("hidden_size", kMostWidth);
  c.d_ff = fields.count("intermediate_size", kMostWidth);
  c.heads = fields.count("num_attention_heads", kMostWidth);
  c.kv_heads = c.heads;
  if (fields.has("num_key_value_heads"))
    c.kv_heads = fields.count("num_key_value_heads", kMostWidth);
  if (c.heads % c.kv_heads != 0)
    fields.refuse(
        fmt::format("num_attention_heads {} is no multiple of num_key_value_heads {}; "
                    "download the file again",
                    c.heads, c.kv_heads));
  const bool own_width = fields.has("head_dim");
  if (!own_width && c.d_model % c.heads != 0)
    fields.refuse(
        fmt::format("head_dim is missing, and hidden_size {} is no multiple of "
                    "num_attention_heads {}; download the file again",
                    c.d_model, c.heads));
  c.d_k = own_width ? fields.count("head_dim", kMostWidth) : c.d_model / c.heads;
  if (c.d_k % 2 != 0)
    fields.refuse(fmt::format("head_dim {} is odd: dimensions do not pair up", c.d_k));
  c.vocabulary = fields.count("vocab_size", kMostTokens);
  c.context = fields.count("max_position_embeddings", kMostTokens);
  c.layers.resize(static_cast<std::size_t>(fields.count("num_hidden_layers", kMostLayers)));
}

/// layer_types as flags: has the layer a window?
std::vector<bool> listed_windows(ConfigFields& fields, std::size_t layers) {
  const auto types = fields.list("layer_types");
  if (types.size() != layers)
    fields.refuse(fmt::format("layer_types has {} entries for {} layers; download the file again",
                              types.size(), layers));
  std::vector<bool> windowed;
  for (const json& type : types) {
    if (type != "full_attention" && type != "sliding_attention")
      fields.refuse(
          fmt::format("layer_types has {}; only full_attention and sliding_attention are "
                      "implemented",
                      clip(type.dump(), 40)));
    windowed.push_back(type == "sliding_attention");
  }
  return windowed;
}

/// Whether each layer has a window, by its place among the layers.
std::vector<bool> windows_by_place(ConfigFields& fields, Windows windows, std::size_t layers) {
  const auto flags = [&](auto windowed) {
    std::vector<bool> all;
    for (long l = 0; l < static_cast<long>(layers); ++l) all.push_back(windowed(l));
    return all;
  };
  if (windows == Windows::kAll) return flags([](long) { return true; });
  if (windows == Windows::kPeriodic) {
    const long period = fields.count("sliding_window_pattern", kMostWidth);
    fields.demand("_sliding_window_pattern", period, "another period");
    return flags([&](long l) { return (l + 1) % period != 0; });
  }
  const bool on = windows == Windows::kLate && fields.flag("use_sliding_window");
  const long first = on ? fields.count("max_window_layers", kMostWidth, 0) : 0;
  return flags([&](long l) { return on && l >= first; });
}

void read_windows(ConfigFields& fields, Windows windows, ForeignConfig& c) {
  if (windows == Windows::kNone) return;
  for (const char* name : {"use_sliding_window", "max_window_layers", "sliding_window",
                           "sliding_window_pattern", "_sliding_window_pattern"})
    fields.stated(name);  // not all are needed, but each has been understood
  const bool listed = windows != Windows::kAll && fields.has("layer_types");
  const auto windowed = listed ? listed_windows(fields, c.layers.size())
                               : windows_by_place(fields, windows, c.layers.size());
  if (std::ranges::count(windowed, true) == 0) return;
  const bool off = fields.is_null("sliding_window") ||
                   (windows == Windows::kLate && !fields.flag("use_sliding_window"));
  if (off && windows == Windows::kAll) return;
  if (off)
    fields.refuse(
        "layers have sliding_attention, but sliding_window is null or switched off; "
        "download the file again");
  const long window = fields.count("sliding_window", kMostTokens);
  for (std::size_t l = 0; l < windowed.size(); ++l) c.layers[l].window = windowed[l] ? window : 0;
}

void read_rotary_of_layers(ConfigFields& fields, bool two_bases, ForeignConfig& c) {
  const auto rotary = read_rotary(fields, two_bases);
  for (auto& layer : c.layers) layer.rotary = layer.window > 0 ? rotary.windowed : rotary.global;
}

void read_biases(ConfigFields& fields, const Family& family, ForeignConfig& c) {
  const bool asked = family.attention_bias == AttentionBias::kAsked &&
                     fields.has("attention_bias") && fields.flag("attention_bias");
  c.qkv_bias = asked || family.attention_bias == AttentionBias::kQkv;
  c.output_bias = asked;
  c.feed_forward_bias =
      family.feed_forward_bias && fields.has("mlp_bias") && fields.flag("mlp_bias");
}

/// The class that holds the language model: another one has another head, or other arithmetic.
void check_architecture(ConfigFields& fields, const std::string& expected) {
  if (!fields.has("architectures")) return;
  const auto found = fields.list("architectures");
  if (found != json::array({expected}))
    fields.refuse(fmt::format("architectures is {}; of this family only {} is implemented",
                              clip(found.dump(), 80), expected));
}

ForeignConfig language_model(ConfigFields fields, const Family& family) {
  ForeignConfig c;
  c.family = family.model_type;
  c.block = family.block;
  fields.demand(family.activation_field, family.activation, "another activation");
  read_shape(fields, c);
  c.epsilon = fields.positive("rms_norm_eps");
  read_windows(fields, family.windows, c);
  read_rotary_of_layers(fields, family.two_rotary_bases, c);
  read_biases(fields, family, c);
  c.tied = fields.flag("tie_word_embeddings");
  if (family.scaled_embedding) c.embedding_scale = std::sqrt(static_cast<double>(c.d_model));
  const bool own_scale = family.defaults.contains("query_pre_attn_scalar");
  c.logit_scale = 1 / std::sqrt(own_scale ? fields.positive("query_pre_attn_scalar")
                                          : static_cast<double>(c.d_k));
  fields.demand("use_bidirectional_attention", false, "attention to later tokens");
  fields.demand("use_mrope", false, "a position of several parts");
  fields.demand("rope_interleaved", false, "another order of the rotary pairs");
  fields.refuse_unread(kIgnored);
  return c;
}

/// A model of text and images holds the language model's configuration in text_config.
ForeignConfig text_of_gemma3(ConfigFields whole, const std::string& where) {
  check_architecture(whole, "Gemma3ForConditionalGeneration");
  whole.demand("quantization_config", nullptr, "arithmetic on quantised weights");
  const auto& family = family_named("gemma3_text", where);
  if (!whole.has("text_config"))
    whole.refuse("a gemma3 without text_config; download the file again");
  auto text = whole.object("text_config", family.defaults);
  text.demand("model_type", "gemma3_text", "another language model");
  check_architecture(text, family.architecture);
  const auto config = language_model(std::move(text), family);
  whole.demand("tie_word_embeddings", config.tied, "another value than text_config's");
  return config;
}

}  // namespace

ForeignConfig foreign_config(const json& config, const std::string& where) {
  ConfigFields fields(where, config);
  const auto model_type = fields.text("model_type");
  if (model_type == "gemma3") return text_of_gemma3(std::move(fields), where);
  const auto& family = family_named(model_type, where);
  fields = ConfigFields(where, config, family.defaults);
  fields.stated("model_type");
  check_architecture(fields, family.architecture);
  return language_model(std::move(fields), family);
}

ForeignConfig read_foreign_config(const std::filesystem::path& folder) {
  const auto file = folder / "config.json";
  if (!std::filesystem::is_regular_file(file))
    throw UserError(file.string() + ": no such file; give the folder of a Hugging Face checkpoint");
  return foreign_config(read_json(file), file.string());
}

std::string summary(const ForeignConfig& c) {
  const auto windows = std::ranges::count_if(c.layers, [](const auto& l) { return l.window > 0; });
  auto text = fmt::format(
      "{}: {} layers of width {}, {} query and {} key heads of width {}, {}{} tokens", c.family,
      c.layers.size(), c.d_model, c.heads, c.kv_heads, c.d_k, c.tied ? "tied, " : "", c.vocabulary);
  if (c.block.qk_norm == QkNorm::kPerHead) text += ", QK-norm a head";
  if (c.block.qk_norm == QkNorm::kFullWidth) text += ", QK-norm over all heads";
  if (c.block.gain_offset != 0) text += ", gains 1 + w";
  if (windows > 0) text += fmt::format(", a window in {} layers", windows);
  return text;
}

}  // namespace rc
