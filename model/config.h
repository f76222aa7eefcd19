// The shape of the model, and the variants ("arms") in which it is trained.
#pragma once

#include <string>
#include <vector>

#include "kernels/fused/rope.h"
#include "pipeline/settings/profile.h"

namespace rc {

/// Which key dimensions go on being trained after the first tenth of the steps.
enum class Trainable { kAll, kHighestGain, kRandom };

/// One way to train: what differs from the main arm `learned`.
struct Arm {
  std::string name;
  bool qk_norm = true;       // RMSNorm on queries and keys
  bool train_gains = true;   // their gains are parameters; otherwise they stay 1
  bool copy_labels = false;  // labels are the inputs themselves, as in the original's surgery
  long d_k = 0;              // key width; 0: the profile's
  long d_v = 0;              // value width; 0: d_model / heads
  Trainable trainable = Trainable::kAll;  // of 12 dimensions a layer, or all
  bool shuffle_frequencies =
      false;  // each layer's rotary pairs get the frequencies in another order
};

inline constexpr long kTrainableDimensions = 12;  // claim B7

/// UserError for an unknown name, with those that exist.
Arm arm_named(const std::string& name);
std::vector<std::string> arm_names();

/// A decoder-only transformer. All counts are positive.
struct ModelConfig {
  long layers = 0;
  long d_model = 0;
  long heads = 0;     // query heads
  long kv_heads = 0;  // key-value heads; heads is a multiple
  long d_k = 0;       // width of a query and a key; even (RoPE turns pairs)
  long d_v = 0;       // width of a value; heads * d_v is at most d_model
  long d_ff = 0;
  long context = 0;  // tokens a sequence
  long vocabulary = 0;
  RopeFrequencies
      frequencies;  // rotary frequencies; as wide as the keys, unless pairs were cut out
  bool shuffle_frequencies = false;
  bool qk_norm = true;

  /// UserError names the setting that is out of range.
  static ModelConfig from(const Profile& settings, long vocabulary, const Arm& arm);

  long group() const { return heads / kv_heads; }  // query heads that share a key head
  long q_rows() const { return heads * d_k; }
  long k_rows() const { return kv_heads * d_k; }
  long v_rows() const { return kv_heads * d_v; }
  long mixed() const { return heads * d_v; }  // what the output projection reads
  /// Floats a token takes in the key-value cache of one layer.
  long kv_floats() const { return k_rows() + v_rows(); }
  long parameters() const;  // the embedding counted once
};

}  // namespace rc
