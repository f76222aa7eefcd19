// The families of models that are implemented, a row each.
#pragma once

#include <string>

#include "model/foreign/foreign_config.h"

namespace rc {

/// Which layers have a sliding window.
enum class Windows {
  kNone,
  kAll,       // every layer where sliding_window is a number
  kLate,      // with use_sliding_window: by layer_types, else from layer max_window_layers on
  kPeriodic,  // by layer_types, else all but every sliding_window_pattern-th
};

/// Which projections of attention have a bias.
enum class AttentionBias {
  kNone,
  kQkv,    // queries, keys and values, always
  kAsked,  // all four where attention_bias says so
};

struct Family {
  std::string model_type;
  std::string architecture;  // the class that holds the language model
  BlockFacts block;
  Windows windows = Windows::kNone;
  AttentionBias attention_bias = AttentionBias::kNone;
  bool feed_forward_bias = false;  // where mlp_bias says so
  bool scaled_embedding = false;   // by sqrt(d_model)
  bool two_rotary_bases = false;   // layers with a window have one of their own
  std::string activation_field, activation;
  /// What the family's configuration class in transformers takes for a field that is not stated.
  nlohmann::json defaults;
};

/// UserError names the family if it is none of them.
const Family& family_named(std::string_view model_type, std::string_view where);

}  // namespace rc
