#include "model/config.h"

#include <fmt/format.h>

#include <cmath>

#include "pipeline/error.h"

namespace rc {
namespace {

void require(bool holds, const std::string& complaint) {
  if (!holds) throw UserError(complaint);
}

}  // namespace

ModelConfig ModelConfig::from(const Settings& settings, long vocabulary) {
  ModelConfig c;
  c.layers = settings.integer("model.layers");
  c.d_model = settings.integer("model.d_model");
  c.heads = settings.integer("model.heads");
  c.kv_heads = settings.integer("model.kv_heads");
  c.d_k = settings.integer("model.d_k");
  c.d_ff = settings.integer("model.d_ff");
  c.gated_feed_forward = settings.text("model.feed_forward") == "swiglu";
  c.context = settings.integer("model.context");
  c.frequencies = {c.d_k, settings.real("model.rope_base")};
  c.shuffle_frequencies = settings.text("model.rope_order") == "shuffled";
  c.vocabulary = vocabulary;
  c.uniform_attention =
      settings.has("model.attention") && settings.text("model.attention") == "uniform";
  c.logit_width = settings.integer("model.logit_width");
  c.qk_norm = settings.text("model.qk_norm") == "on";
  require(c.d_model % c.heads == 0,
          fmt::format("model.d_model = {} is no multiple of model.heads = {}; change one of them",
                      c.d_model, c.heads));
  require(c.heads % c.kv_heads == 0,
          fmt::format("model.heads = {} is no multiple of model.kv_heads = {}; grouped heads must "
                      "share evenly",
                      c.heads, c.kv_heads));
  require(c.d_k % 2 == 0,
          fmt::format("model.d_k = {} is odd; rotary embeddings turn pairs, make it even", c.d_k));
  require(c.d_k >= 4, fmt::format("model.d_k = {} is one rotary pair, of which a cut leaves none; "
                                  "make it 4 or more",
                                  c.d_k));
  const long d_v = settings.integer("model.d_v");
  c.d_v = d_v > 0 ? d_v : c.d_model / c.heads;
  require(c.heads * c.d_v <= c.d_model,
          fmt::format("model.heads = {} of model.d_v = {} take more than model.d_model = {}; take "
                      "fewer heads or a wider model",
                      c.heads, c.d_v, c.d_model));
  return c;
}

double ModelConfig::query_factor() const {
  // Of a compacted model the frequencies alone tell how wide its keys were; what its narrower d_k
  // does to logits its gains make good (model/compact.h).
  return logit_width == 0
             ? 1
             : std::sqrt(static_cast<double>(logit_width) / static_cast<double>(frequencies.width));
}

long ModelConfig::activations() const {
  // The stream twice, each with what was normed of it; the projections, with queries and keys
  // turned too; what the heads read twice; and the wide layer.
  const long projections = 2 * (q_rows() + k_rows()) + v_rows();
  return layers * (4 * d_model + projections + 2 * mixed() + d_ff);
}

long ModelConfig::parameters() const {
  const long attention = (q_rows() + k_rows() + v_rows() + mixed()) * d_model;
  const long gains = 2 * d_model + (uniform_attention ? 0 : 2 * d_k);
  return vocabulary * d_model + layers * (attention + feed_forward_weights() + gains) + d_model;
}

}  // namespace rc
