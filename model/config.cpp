#include "model/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/error.h"

namespace rc {
namespace {

const std::vector<Arm>& arms() {
  static const std::vector<Arm> table = {
      {.name = "learned"},
      {.name = "frozen", .train_gains = false},
      {.name = "none", .qk_norm = false, .train_gains = false},
      {.name = "copy", .copy_labels = true},
      {.name = "thin32", .d_k = 32},
      {.name = "thin16", .d_k = 16},
      // As many bytes a token as thin16 has with values of 64, shared out evenly.
      {.name = "grouped40", .d_k = 40, .d_v = 40},
      {.name = "virtual12", .trainable = Trainable::kHighestGain},
      {.name = "virtual12_random", .trainable = Trainable::kRandom},
      {.name = "rope_shuffled", .shuffle_frequencies = true},
  };
  return table;
}

void require(bool holds, const std::string& complaint) {
  if (!holds) throw UserError(complaint);
}

}  // namespace

std::vector<std::string> arm_names() {
  std::vector<std::string> names;
  for (const auto& arm : arms()) names.push_back(arm.name);
  return names;
}

Arm arm_named(const std::string& name) {
  for (const auto& arm : arms())
    if (arm.name == name) return arm;
  throw UserError(
      fmt::format("no arm named '{}'; there are: {}", name, fmt::join(arm_names(), ", ")));
}

ModelConfig ModelConfig::from(const Profile& settings, long vocabulary, const Arm& arm) {
  ModelConfig c;
  c.layers = settings.integer("model.layers");
  c.d_model = settings.integer("model.d_model");
  c.heads = settings.integer("model.heads");
  c.kv_heads = settings.integer("model.kv_heads");
  c.d_k = arm.d_k > 0 ? arm.d_k : settings.integer("model.d_k");
  c.d_ff = settings.integer("model.d_ff");
  c.context = settings.integer("model.context");
  c.frequencies = {c.d_k, settings.real("model.rope_base")};
  c.shuffle_frequencies = arm.shuffle_frequencies;
  c.vocabulary = vocabulary;
  c.qk_norm = arm.qk_norm;
  require(c.d_model % c.heads == 0,
          fmt::format("model.d_model = {} is no multiple of model.heads = {}; change one of them",
                      c.d_model, c.heads));
  require(c.heads % c.kv_heads == 0,
          fmt::format("model.heads = {} is no multiple of model.kv_heads = {}; grouped heads must "
                      "share evenly",
                      c.heads, c.kv_heads));
  require(c.d_k % 2 == 0,
          fmt::format("model.d_k = {} is odd; rotary embeddings turn pairs, make it even", c.d_k));
  c.d_v = arm.d_v > 0 ? arm.d_v : c.d_model / c.heads;
  require(c.heads * c.d_v <= c.d_model,
          fmt::format("arm {} has {} heads of values {} wide, more than model.d_model = {}; take "
                      "fewer heads or a wider model",
                      arm.name, c.heads, c.d_v, c.d_model));
  require(arm.trainable == Trainable::kAll || c.d_k >= kTrainableDimensions,
          fmt::format("arm {} keeps {} dimensions alive, model.d_k = {} has fewer", arm.name,
                      kTrainableDimensions, c.d_k));
  return c;
}

long ModelConfig::parameters() const {
  const long attention = (q_rows() + k_rows() + v_rows() + mixed()) * d_model;
  const long feed_forward = 2 * d_model * d_ff;
  const long gains = 2 * d_model + 2 * d_k;
  return vocabulary * d_model + layers * (attention + feed_forward + gains) + d_model;
}

}  // namespace rc
