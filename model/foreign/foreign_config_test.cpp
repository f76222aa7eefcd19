#include "model/foreign/foreign_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/foreign/tiny_checkpoint.h"
#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using nlohmann::json;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

ForeignConfig tiny(const std::string& model_type, const json& own = {}) {
  return foreign_config(tiny_config_json(model_type, own), "config.json");
}

std::string error_of(const std::string& model_type, const json& own) {
  return user_error([&] { tiny(model_type, own); });
}

std::vector<long> windows(const ForeignConfig& config) {
  std::vector<long> all;
  for (const auto& layer : config.layers) all.push_back(layer.window);
  return all;
}

std::vector<double> bases(const ForeignConfig& config) {
  std::vector<double> all;
  for (const auto& layer : config.layers) all.push_back(layer.rotary.base);
  return all;
}

TEST(ForeignConfig, ReadsTheShapeOfALlama) {
  const auto c = tiny("llama", {{"rope_theta", 5000}, {"tie_word_embeddings", true}});
  EXPECT_EQ(c.family, "llama");
  EXPECT_EQ(c.layers.size(), 3u);
  EXPECT_EQ(c.d_model, 12);
  EXPECT_EQ(c.d_ff, 20);
  EXPECT_EQ(c.heads, 4);
  EXPECT_EQ(c.kv_heads, 2);
  EXPECT_EQ(c.d_k, 6);
  EXPECT_EQ(c.vocabulary, 40);
  EXPECT_EQ(c.epsilon, 1e-5);
  EXPECT_TRUE(c.tied);
  EXPECT_FALSE(c.qkv_bias || c.output_bias || c.feed_forward_bias);
  EXPECT_DOUBLE_EQ(c.logit_scale, 1 / std::sqrt(6.0));
  EXPECT_EQ(c.embedding_scale, 1);
  EXPECT_THAT(bases(c), Each(5000));
  EXPECT_THAT(windows(c), Each(0));
}

TEST(ForeignConfig, TakesTheFamilysDefaultsForWhatIsNotStated) {
  json config = tiny_config_json("llama", {{"hidden_size", 16}});
  for (const char* field : {"head_dim", "num_key_value_heads", "rms_norm_eps"}) config.erase(field);
  const auto c = foreign_config(config, "config.json");
  EXPECT_EQ(c.d_k, 4);
  EXPECT_EQ(c.kv_heads, 4);
  EXPECT_EQ(c.epsilon, 1e-6);
  EXPECT_THAT(bases(c), Each(1e4));
  EXPECT_FALSE(c.tied);
}

TEST(ForeignConfig, SaysWhichNormsAFamilyHas) {
  EXPECT_EQ(tiny("llama").block, BlockFacts{});
  EXPECT_EQ(tiny("mistral").block, BlockFacts{});
  EXPECT_EQ(tiny("qwen3").block.qk_norm, QkNorm::kPerHead);
  const auto olmo = tiny("olmo2").block;
  EXPECT_EQ(olmo.qk_norm, QkNorm::kFullWidth);
  EXPECT_TRUE(!olmo.norm_before && olmo.norm_after && olmo.gain_offset == 0);
  const auto gemma = tiny("gemma3_text").block;
  EXPECT_TRUE(gemma.norm_before && gemma.norm_after && gemma.gain_offset == 1);
  EXPECT_EQ(gemma.activation, Activation::kGeluTanh);
}

TEST(ForeignConfig, ReadsBiases) {
  const auto qwen = tiny("qwen2");
  EXPECT_TRUE(qwen.qkv_bias && !qwen.output_bias && !qwen.feed_forward_bias);
  const auto llama = tiny("llama", {{"attention_bias", true}, {"mlp_bias", true}});
  EXPECT_TRUE(llama.qkv_bias && llama.output_bias && llama.feed_forward_bias);
}

TEST(ForeignConfig, ReadsWindowsByFamily) {
  EXPECT_THAT(windows(tiny("mistral")), Each(4096));  // where the file is silent
  EXPECT_THAT(windows(tiny("mistral", {{"sliding_window", nullptr}})), Each(0));
  EXPECT_THAT(windows(tiny("mistral", {{"sliding_window", 5}})), Each(5));
  const json late = {{"use_sliding_window", true}, {"sliding_window", 5}, {"max_window_layers", 1}};
  EXPECT_THAT(windows(tiny("qwen3", late)), ElementsAre(0, 5, 5));
  EXPECT_THAT(windows(tiny("qwen3", {{"sliding_window", 5}, {"max_window_layers", 1}})), Each(0));
  const json types = {"full_attention", "sliding_attention", "full_attention"};
  json listed = late;
  listed["layer_types"] = types;
  EXPECT_THAT(windows(tiny("qwen3", listed)), ElementsAre(0, 5, 0));
  const json gemma = {{"sliding_window", 5}, {"sliding_window_pattern", 2}};
  EXPECT_THAT(windows(tiny("gemma3_text", gemma)), ElementsAre(5, 0, 5));
  EXPECT_THAT(windows(tiny("gemma3_text", {{"sliding_window", 5}, {"layer_types", types}})),
              ElementsAre(0, 5, 0));
}

TEST(ForeignConfig, ReadsStretchedPositionsInBothNotations) {
  const json llama3 = {{"rope_type", "llama3"},
                       {"factor", 8.0},
                       {"low_freq_factor", 1.0},
                       {"high_freq_factor", 4.0},
                       {"original_max_position_embeddings", 32}};
  const auto old = tiny("llama", {{"rope_theta", 5e5}, {"rope_scaling", llama3}});
  const RotaryFacts expected = {5e5, RotaryFacts::Scaling::kLlama3, 8, 1, 4, 32};
  EXPECT_EQ(old.layers[0].rotary, expected);
  json parameters = llama3;
  parameters["rope_theta"] = 5e5;
  EXPECT_EQ(tiny("llama", {{"rope_parameters", parameters}}), old);
  const auto linear = tiny("llama", {{"rope_scaling", {{"type", "linear"}, {"factor", 2}}}});
  const RotaryFacts half = {1e4, RotaryFacts::Scaling::kLinear, 2};
  EXPECT_EQ(linear.layers[0].rotary, half);
}

TEST(ForeignConfig, GemmaStretchesOnlyLayersWithoutAWindow) {
  const json linear = {{"rope_type", "linear"}, {"factor", 8.0}};
  const json shape = {{"sliding_window", 5}, {"sliding_window_pattern", 3}};
  json old = shape, parameters = linear;
  old["rope_scaling"] = linear;
  const auto c = tiny("gemma3_text", old);
  EXPECT_THAT(bases(c), ElementsAre(1e4, 1e4, 1e6));
  EXPECT_EQ(c.layers[0].rotary.scaling, RotaryFacts::Scaling::kNone);
  EXPECT_EQ(c.layers[2].rotary.factor, 8);
  json both = shape;
  parameters["rope_theta"] = 1e6;
  both["rope_parameters"] = {{"full_attention", parameters},
                             {"sliding_attention", {{"rope_theta", 1e4}}}};
  EXPECT_EQ(tiny("gemma3_text", both), c);
}

TEST(ForeignConfig, GemmaHasAScaleOfItsOwn) {
  const auto c = tiny("gemma3_text", {{"query_pre_attn_scalar", 16}});
  EXPECT_EQ(c.logit_scale, 0.25);
  EXPECT_DOUBLE_EQ(c.embedding_scale, std::sqrt(12.0));
  EXPECT_TRUE(c.tied);  // where the file is silent
}

TEST(ForeignConfig, ReadsTheLanguageModelOfTextAndImages) {
  const json text = tiny_config_json("gemma3_text");
  const json whole = {{"model_type", "gemma3"},
                      {"architectures", {"Gemma3ForConditionalGeneration"}},
                      {"text_config", text},
                      {"vision_config", {{"hidden_size", 7}}},
                      {"mm_tokens_per_image", 256}};
  EXPECT_EQ(foreign_config(whole, "config.json"), foreign_config(text, "config.json"));
}

TEST(ForeignConfig, VersionsOfTheLibraryWriteTheSameModel) {
  const std::filesystem::path folder = "model/foreign/testdata/gemma3";
  const auto c = read_foreign_config(folder);
  for (const char* version : {"config.v4.51.json", "config.v5.10.json"})
    EXPECT_EQ(foreign_config(read_json(folder / version), version), c);
  EXPECT_THAT(windows(c), ElementsAre(8, 8, 8, 8, 8, 0, 8));
}

struct Refusal {
  const char* model_type;
  json own;
  const char* says;
};

TEST(ForeignConfig, RefusesByNameWhatIsNotImplemented) {
  const std::vector<Refusal> all = {
      {"mixtral", {}, "family \"mixtral\""},
      {"gemma2", {}, "family \"gemma2\""},
      {"llama\n\x1b[1m", {}, "family \"llama\\n\\u001b[1m\""},
      {"llama", {{"rope_scaling", {{"rope_type", "yarn"}, {"factor", 4}}}}, "rope_type \"yarn\""},
      {"llama", {{"rope_scaling", {{"type", "dynamic"}, {"factor", 4}}}}, "rope_type \"dynamic\""},
      {"llama", {{"rope_scaling", {{"rope_type", "linear"}}}}, "lacks factor"},
      {"llama",
       {{"rope_scaling", {{"type", "linear"}, {"rope_type", "llama3"}, {"factor", 2}}}},
       "contradict"},
      {"llama", {{"rope_scaling", {{"factor", 4}}}}, "\"factor\""},
      {"llama",
       {{"rope_theta", 1e4}, {"rope_parameters", {{"rope_theta", 2e4}}}},
       "contradicts rope_theta"},
      {"llama", {{"partial_rotary_factor", 0.5}}, "partial_rotary_factor is 0.5"},
      {"llama", {{"sliding_window", 8}}, "\"sliding_window\" is 8"},
      {"llama", {{"num_local_experts", 8}}, "\"num_local_experts\" is 8"},
      {"llama", {{"quantization_config", {{"bits", 4}}}}, "\"quantization_config\""},
      {"llama", {{"hidden_act", "gelu"}}, "hidden_act is \"gelu\""},
      {"llama", {{"architectures", {"LlamaForSequenceClassification"}}}, "architectures"},
      {"mistral", {{"layer_types", {"full_attention"}}}, "\"layer_types\""},
      {"qwen3", {{"layer_types", {"full_attention"}}}, "1 entries for 3 layers"},
      {"qwen3", {{"layer_types", {"full_attention", "x", "y"}}}, "has \"x\""},
      {"qwen3",
       {{"layer_types", {"full_attention", "full_attention", "sliding_attention"}}},
       "sliding_window is null or switched off"},
      {"gemma3_text", {{"final_logit_softcapping", 30.0}}, "\"final_logit_softcapping\" is 30.0"},
      {"gemma3_text", {{"attn_logit_softcapping", 50.0}}, "\"attn_logit_softcapping\" is 50.0"},
      {"gemma3_text", {{"use_bidirectional_attention", true}}, "use_bidirectional_attention"},
      {"gemma3_text", {{"hidden_activation", "gelu"}}, "hidden_activation"},
      {"gemma3_text", {{"rope_parameters", {{"rope_theta", 1e6}}}}, "lacks full_attention"},
      {"gemma3", {}, "without text_config"},
  };
  for (const auto& refusal : all) {
    const auto error = error_of(refusal.model_type, refusal.own);
    EXPECT_THAT(error, HasSubstr(refusal.says));
    EXPECT_THAT(error, HasSubstr("config.json"));
    EXPECT_THAT(error, testing::Not(HasSubstr("\n")));
  }
  EXPECT_EQ(error_of("llama", {{"final_logit_softcapping", nullptr}}), "");
}

TEST(ForeignConfig, RefusesNumbersThatAreNone) {
  const std::vector<Refusal> all = {
      {"llama", {{"num_hidden_layers", 0}}, "num_hidden_layers is 0"},
      {"llama", {{"num_hidden_layers", 1e18}}, "num_hidden_layers is"},
      {"llama", {{"hidden_size", -12}}, "hidden_size is -12"},
      {"llama", {{"hidden_size", "12"}}, "hidden_size is \"12\""},
      {"llama", {{"vocab_size", 18446744073709551615u}}, "vocab_size is 1844"},
      {"llama", {{"vocab_size", nullptr}}, "lacks vocab_size"},
      {"llama", {{"num_key_value_heads", 3}}, "no multiple of num_key_value_heads 3"},
      {"llama", {{"head_dim", 5}}, "head_dim 5 is odd"},
      {"llama", {{"head_dim", nullptr}, {"hidden_size", 10}}, "head_dim is missing"},
      {"llama", {{"rms_norm_eps", 0}}, "rms_norm_eps is 0"},
      {"llama", {{"rope_theta", false}}, "rope_theta is false"},
      {"llama", {{"tie_word_embeddings", "no"}}, "tie_word_embeddings is \"no\""},
      {"llama", {{"rope_scaling", 3}}, "rope_scaling: is no JSON object"},
  };
  for (const auto& refusal : all)
    EXPECT_THAT(error_of(refusal.model_type, refusal.own), HasSubstr(refusal.says));
  EXPECT_THAT(user_error([] { foreign_config(json::array(), "x"); }), HasSubstr("no JSON object"));
  EXPECT_THAT(user_error([] { foreign_config(json::object(), "x"); }),
              HasSubstr("lacks model_type"));
}

}  // namespace
}  // namespace rc
