// A model trained elsewhere, as surgery on its keys sees it.
#pragma once

#include "model/foreign/foreign_model.h"
#include "model/key_model.h"

namespace rc {

/// What an order by gain goes by.
enum class KeySizes {
  kGains,     // of the norm on keys; of a norm over all heads the root mean square over them
  kEnergies,  // root mean square of each dimension: the family has no norm on keys
  kEnergiesAsGainsTie,  // it has one, whose gains are all of one size in some layer
};
KeySizes key_sizes(const ForeignModel& model);

/// Shape of the model's keys and queries on sequences of `context` tokens.
ModelConfig key_shape(const ForeignConfig& config, long context);

/// For sequences of `context` tokens. saved() has one gain a dimension and layer, as key_sizes()
/// says, in our order of dimensions; energies are measured on `ids` [B, T]. A cut takes a dimension
/// from every key head of a layer. UserError if some layer's window is shorter than the context:
/// what a key is worth then depends on it.
KeyModelPtr key_model(std::shared_ptr<const ForeignModel> model, const torch::Tensor& ids,
                      long context);

}  // namespace rc
