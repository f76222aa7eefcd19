// Training some key dimensions and leaving the others where they are (arms virtual12*).
#pragma once

#include <cstdint>
#include <vector>

#include "model/transformer.h"
#include "pipeline/settings/settings.h"

namespace rc {

/// Share of the steps that train every dimension; paper/claims.md fixes it.
inline constexpr double kTrainedInFull = 0.1;

/// Which key dimensions go on being trained after that.
struct Trainable {
  enum class Which { kAll, kHighestGain, kRandom };
  Which which = Which::kAll;
  long count = 0;  // a layer, where not all

  /// Of the settings train.trainable*. UserError where keys of `d_k` have not so many.
  static Trainable from(const Settings& settings, long d_k);
  bool all() const { return which == Which::kAll; }
};

/// Those dimensions of each layer, [layer][...]: the ones of largest |gamma_k|, or random ones.
std::vector<std::vector<long>> trainable_dimensions(const Weights& weights, Trainable trainable,
                                                    std::uint64_t seed);

/// Rows of W_q and W_k, and entries of both gains, of all dimensions but the trainable ones, as
/// they were at the time of construction. Put back after an optimizer's step they were never
/// trained: the step's momentum and weight decay have not touched them either.
class FrozenDimensions {
 public:
  FrozenDimensions(const Transformer& model, const std::vector<std::vector<long>>& trainable);
  void put_back(Transformer& model) const;

 private:
  struct Layer {
    torch::Tensor rows, row_values;  // of qkvo: [frozen], [frozen, d_model]
    torch::Tensor dimensions;        // of the gains
    torch::Tensor gain_q, gain_k;
  };
  std::vector<Layer> layers_;
};

}  // namespace rc
