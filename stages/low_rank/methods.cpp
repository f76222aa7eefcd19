#include "stages/low_rank/methods.h"

#include <cmath>

#include "model/compact.h"
#include "model/microbatches.h"
#include "stages/low_rank/key_maps.h"
#include "stages/low_rank/pair_map.h"

namespace rc {
namespace {

using torch::Tensor;

/// The map of one key head that leaves so many floats.
using HeadMap = Tensor (*)(const Moments&, long floats);

/// k' = A k + (I - A) mean(k) in every key head. Threads take layers.
auto mapped(HeadMap map) {
  return [map](const Weights& whole, const std::vector<LayerMoments>& moments, long floats) {
    Weights changed = whole;
    for_pieces(static_cast<std::int64_t>(moments.size()), torch::kCPU, [&](std::int64_t layer) {
      const auto l = static_cast<std::size_t>(layer);
      std::vector<Tensor> maps, offsets;
      for (const auto& head : moments[l]) {
        maps.push_back(map(head, floats));
        offsets.push_back(head.mean - maps.back().mv(head.mean));
      }
      const auto as_gains = whole.layers[l].gain_k.options();
      changed.layers[l].key_map = torch::stack(maps).to(as_gains);
      changed.layers[l].key_offset = torch::stack(offsets).to(as_gains);
    });
    return changed;
  };
}

/// Pairs of smallest gamma^2, summed over both members, go first; equal ones by index. Order `pair`
/// of stage ablate.
Weights zero_pairs(const Weights& whole, const std::vector<LayerMoments>&, long floats) {
  Weights changed = whole;
  for (auto& layer : changed.layers) {
    const auto sizes = layer.gain_k.square().reshape({-1, 2}).sum(1);
    const auto order = std::get<1>(torch::sort(sizes, /*stable=*/true, 0, /*descending=*/false));
    const auto gone = order.narrow(0, 0, order.numel() - floats / 2);
    layer.gain_k = layer.gain_k.reshape({-1, 2}).index_fill(0, gone, 0).flatten();
  }
  return changed;
}

constexpr const char* kRestored =
    "every cached key is restored to full width and turned to its position before its products";

/// A row of d_k for each float, and two multiplications a float to turn it.
StepCost restored(long floats, const ModelConfig& c) {
  return {.restore = floats * c.d_k + 2 * c.d_k, .dot = c.group() * c.d_k};
}

std::vector<Method> all_methods() {
  return {
      {.name = "pca",
       .title = "leading directions of the keys (PCA), before RoPE",
       .legend = "PCA before RoPE",
       .folded = "nothing: the norm stands before the projection and RoPE behind it; a new key is "
                 "projected once",
       .each_step = kRestored,
       .apply = mapped([](const Moments& m, long r) { return pca_map(m.covariance, r); }),
       .cost = restored},
      {.name = "kq_svd",
       .title = "best for queries times keys (KQ-SVD), before RoPE",
       .legend = "KQ-SVD before RoPE",
       .folded = "nothing, as with PCA",
       .each_step = kRestored,
       .apply =
           mapped([](const Moments& m, long r) { return kq_svd_map(m.queries, m.covariance, r); }),
       .cost = restored},
      {.name = "kq_svd_turned",
       .title = "best for queries times keys, queries turned by their distance",
       .legend = "KQ-SVD, turned",
       .folded = "nothing, as with PCA",
       .each_step = kRestored,
       .apply =
           mapped([](const Moments& m, long r) { return kq_svd_map(m.turned, m.covariance, r); }),
       .cost = restored},
      {.name = "within_pairs",
       .title = "best for queries times keys within rotary pairs",
       .legend = "best pairs",
       .folded =
           "the choice of pairs, into W_q, W_k and the gains; a new key's pairs are multiplied "
           "by their factors once",
       .each_step = "nothing is restored; what the dropped pairs are on average is a table of "
                    "positions for all tokens, and part of the products",
       .apply = mapped([](const Moments& m, long r) {
         return within_pairs_map(m.turned, m.covariance, r / 2);
       }),
       .cost = [](long, const ModelConfig& c) { return StepCost{.dot = c.group() * c.d_k}; }},
      {.name = "pair",
       .title = "whole rotary pairs of lowest gain zeroed",
       .legend = "pairs of lowest gain",
       .folded = "all of it, into W_q, W_k and the gains",
       .each_step = "nothing: the products are narrower",
       .apply = zero_pairs,
       .cost = [](long floats,
                  const ModelConfig& c) { return StepCost{.dot = c.group() * floats}; }},
  };
}

}  // namespace

const std::vector<Method>& low_rank_methods() {
  static const std::vector<Method> methods = all_methods();
  return methods;
}

long kept_floats(long percent, long d_k) {
  const long pairs = d_k / 2;
  return 2 * (pairs - std::lround(static_cast<double>(percent * pairs) / 100.0));
}

}  // namespace rc
