// The ways to cache fewer floats of a key, each as the ordinary model with other weights.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/weights.h"
#include "stages/low_rank/moments.h"

namespace rc {

/// What every cached token of a key head costs at each step of decoding, multiply-adds.
struct StepCost {
  long restore = 0;  // floats of the cache back to d_k, and their turn by RoPE
  long dot = 0;      // products with the queries of the group
};

struct Method {
  std::string name;       // as numbers.json has it: lowrank.<name>.60
  std::string title;      // for a row of a table
  std::string legend;     // for the key of a figure
  std::string folded;     // what becomes part of the weights or is done once a token
  std::string each_step;  // what is done again at each step of decoding
  /// The model whose key heads tell their tokens apart by `floats` floats.
  std::function<Weights(const Weights&, const std::vector<LayerMoments>&, long floats)> apply;
  std::function<StepCost(long floats, const ModelConfig&)> cost;
};

/// All there are, as tables list them; the index cut comes last.
const std::vector<Method>& low_rank_methods();

/// Floats a key caches where `percent` % of its rotary pairs are gone, rounded to the nearest pair.
long kept_floats(long percent, long d_k);

}  // namespace rc
