// Snapshots measured: all layers, each beside its nulls.
#pragma once

#include <torch/torch.h>

#include <array>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "stages/measure_rank/key_snapshot.h"
#include "stages/measure_rank/nulls.h"
#include "stages/measure_rank/rank.h"

namespace rc {

/// The keys themselves and the nulls they stand beside.
inline constexpr std::array kKeySets{"value", "gaussian", "same_gains", "permuted"};
enum KeySet : int64_t { kValue, kGaussian, kSameGains, kPermuted };

/// One snapshot.
struct Measurement {
  long step = 0;
  torch::Tensor scores;          // [layers, 4 key sets, columns of score_names()]
  torch::Tensor participation;   // [layers, kv_heads, sequences], before RoPE
  torch::Tensor entropy;         // [layers, heads, sequences], share of log(t + 1)
  std::vector<Moments> moments;  // one a layer
};

/// What depends on the shape of the keys and on nothing else.
struct ShapeNulls {
  double gaussian_coordinate_pr = 0;
  double laplace_coordinate_pr = 0;
  torch::Tensor gaussian_scores;    // [columns of score_names()]
  torch::Tensor gaussian_spectrum;  // [d_k], see normalised_spectrum
};

/// A run, snapshots in the order of their steps. Moments are kept of the last one only.
struct MeasuredRun {
  std::vector<Measurement> snapshots;
  ShapeNulls nulls;
};

/// Measures keys of one shape; random nulls are drawn once, for all snapshots.
class Ruler {
 public:
  Ruler(const KeyShape& shape, double rope_base, long draws, std::uint64_t seed);
  /// Layers are shared among LibTorch's threads; up to rounding the numbers do not depend on
  /// how many there are.
  Measurement measure(const KeySnapshot& snapshot) const;
  const ShapeNulls& nulls() const { return nulls_; }

 private:
  struct Layer;
  Layer measure_layer(const KeySnapshot& snapshot, long layer) const;
  torch::Tensor scores_of(const torch::Tensor& keys) const;
  Rope rope_;
  NullDraws draws_;
  torch::Tensor weights_;  // [1, sequences]
  ShapeNulls nulls_;
};

/// Measures the snapshots of one run; `done(i)` is called after the i-th. UserError if two differ
/// in shape.
MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done);

/// Eigenvalues of the covariance of keys before RoPE, largest first, sum 1, mean over heads: [d].
torch::Tensor normalised_spectrum(const Moments& moments);

}  // namespace rc
