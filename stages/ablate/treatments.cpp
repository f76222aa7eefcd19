#include "stages/ablate/treatments.h"

#include <cmath>

#include "model/microbatches.h"

namespace rc {
namespace {

using torch::Tensor;

/// 1 for a dimension that stays, 0 for one that is cut: [d_k].
Tensor mask_of(const std::vector<long>& cut, const Tensor& gain) {
  auto mask = torch::ones_like(gain);
  return mask.index_fill_(0, torch::tensor(cut, torch::kInt64).to(gain.device()), 0);
}

/// The weights with `treat(layer number, its weights, its mask)` applied to every layer. Threads
/// take layers.
template <typename Treat>
Weights treated(const Weights& weights, const Cut& cut, Treat treat) {
  Weights result = weights;
  const auto device = weights.layers.front().gain_k.device();
  for_pieces(static_cast<std::int64_t>(cut.size()), device, [&](std::int64_t layer) {
    const auto l = static_cast<std::size_t>(layer);
    treat(l, result.layers[l], mask_of(cut[l], weights.layers[l].gain_k));
  });
  return result;
}

}  // namespace

long share_of(long percent, long count) {
  return std::lround(static_cast<double>(percent * count) / 100.0);
}

Weights zero_gains(const Weights& weights, const Cut& cut) {
  return treated(weights, cut, [](std::size_t, LayerWeights& layer, const Tensor& mask) {
    layer.gain_k = layer.gain_k * mask;
  });
}

Weights set_to_mean(const Weights& weights, const Cut& cut, const Calibration& calibration) {
  return treated(weights, cut, [&](std::size_t l, LayerWeights& layer, const Tensor& mask) {
    layer.gain_k = layer.gain_k * mask;
    layer.key_offset = mean_key(calibration, l) * (1 - mask);
  });
}

Weights zero_and_rescale(const Weights& weights, const Cut& cut, const Calibration& calibration) {
  return treated(weights, cut, [&](std::size_t l, LayerWeights& layer, const Tensor& mask) {
    const double before = logit_deviation(calibration, l, torch::ones_like(mask));
    const double after = logit_deviation(calibration, l, mask);
    layer.gain_k = layer.gain_k * mask * (after > 0 ? before / after : 1.0);
  });
}

}  // namespace rc
