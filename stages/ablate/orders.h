// Which dimensions go first: the original's order and those it is held against.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stages/ablate/treatments.h"

namespace rc {

/// The model on the table, whole.
struct TrainedModel {
  const SavedModel& model;
  const Calibration& calibration;
  std::uint64_t seed = 0;
};

/// One curve of the experiment, under the name it has in numbers.json: what is cut at a percentage
/// and how it goes. `draw` tells apart the draws of a rule that leaves something to chance.
struct OrderRule {
  std::string name;
  std::function<Cut(const TrainedModel&, long percent, int draw)> cut;
  std::function<Weights(const TrainedModel&, const Cut&)> apply;
  bool random = false;
};

/// All there are:
///   low_gain              smallest |gamma_k| first, zeroed: the original's surgery
///   high_gain             largest first
///   random                each layer's dimensions in an order of its own
///   product               smallest |gamma_q gamma_k| first: blind to how the two share a scale
///   think                 smallest E[q^2] E[k^2] after RoPE first
///   pair                  whole rotary pairs, by the smallest gamma_k^2 of both members together
///   frequency             whole rotary pairs, those that turn fastest first
///   global                smallest |gamma_k| of all layers together: layers lose unequally
///   global_shuffled       as many of each layer as under `global`, at random
///   low_gain_mean         low_gain, set to the mean over tokens
///   low_gain_temperature  low_gain, logits rescaled to their old deviation
/// Equal scores go by index. The draws of one number are nested: what 40 % cut, 60 % cut too.
const std::vector<OrderRule>& order_rules();

/// UserError names the rules there are.
const OrderRule& order_named(const std::string& name);

}  // namespace rc
