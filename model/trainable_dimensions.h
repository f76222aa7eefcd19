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
  enum class Which { kAll, kHighestGain, kFinalGain, kRandom };
  Which which = Which::kAll;
  long count = 0;  // a layer, where not all

  /// Of the settings train.trainable*. UserError where keys of `d_k` have not so many.
  static Trainable from(const Settings& settings, long d_k);
  bool all() const { return which == Which::kAll; }
};

/// Those dimensions of each layer, [layer][...]: random ones, or those of largest |gamma_k| in
/// `weights`. Those are the model's own then, or, for the final gain, those that another run ended
/// with.
std::vector<std::vector<long>> trainable_dimensions(const Weights& weights, Trainable trainable,
                                                    std::uint64_t seed);

/// All dimensions but the trainable ones: their rows of W_q and W_k, and their entries of both
/// gains, as they were at the time of construction.
class FrozenDimensions {
 public:
  FrozenDimensions(const Transformer& model, const std::vector<std::vector<long>>& trainable);

  /// Rows of a layer's merged projections that are trained on, ascending, [n] int64.
  const torch::Tensor& trained_rows(std::size_t layer) const { return layers_[layer].trained_rows; }

  /// No gradient: they have no part in the norm that clipping goes by.
  void clear_gradients(Transformer& model) const;

  /// The entries of the gains as if the optimizer had not been there: its momentum and weight decay
  /// move what has no gradient too. Of the rows Muon leaves these out (Muon::update_parts).
  void put_back_gains(Transformer& model) const;

 private:
  struct Layer {
    torch::Tensor rows, trained_rows;  // of qkvo: [frozen], the others
    torch::Tensor dimensions;          // of the gains
    torch::Tensor gain_q, gain_k;
  };
  std::vector<Layer> layers_;
};

}  // namespace rc
