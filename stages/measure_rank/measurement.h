// Snapshots measured: all layers, each beside its nulls.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "kernels/torch.h"
#include "stages/measure_rank/key_snapshot.h"
#include "stages/measure_rank/nulls.h"
#include "stages/measure_rank/rank.h"

namespace rc {

/// The keys themselves and the nulls they stand beside.
inline constexpr std::array kKeySets{"value", "gaussian", "same_gains", "permuted", "rotated"};
enum KeySet : int64_t { kValue, kGaussian, kSameGains, kPermuted, kRotated };
/// Those measured at every snapshot. Rotated keys are measured at the last one only: they are asked
/// for as numbers, never as a curve, and would take half as long again as all the rest.
inline constexpr int64_t kTracked = kRotated;

/// One snapshot.
struct Measurement {
  long step = 0;
  torch::Tensor scores;         // [layers, key sets, columns of score_names()]
  torch::Tensor participation;  // [layers, kv_heads, sequences], before RoPE, not centred
  torch::Tensor entropy;        // [layers, heads, sequences], share of log(t + 1)
};

/// What of the last snapshot alone is kept, layer by layer.
struct FinalDetail {
  std::vector<Moments> moments;  // of the keys themselves, for the bootstrap
  torch::Tensor spectra;         // [layers, tracked key sets, d_k], see normalised_spectrum
};

/// What depends on the shape of the keys and on nothing else.
struct ShapeNulls {
  double gaussian_coordinate_pr = 0;
  double laplace_coordinate_pr = 0;
  torch::Tensor gaussian_scores;    // [columns of score_names()]
  torch::Tensor gaussian_spectrum;  // [d_k], see normalised_spectrum
};

/// A run, snapshots in the order of their steps. Scores of the last one are [layers, 5, columns],
/// of the others [layers, kTracked, columns].
struct MeasuredRun {
  std::vector<Measurement> snapshots;
  FinalDetail last;
  ShapeNulls nulls;
};

/// Measures keys of one shape; random nulls are drawn once, for all snapshots.
class Ruler {
 public:
  Ruler(const KeyShape& shape, long draws, std::uint64_t seed);
  /// Threads take layers. Where `detail` is given, rotated keys are measured too, and it is filled.
  Measurement measure(const KeySnapshot& snapshot, FinalDetail* detail) const;
  const ShapeNulls& nulls() const { return nulls_; }

 private:
  struct Layer;
  Layer measure_layer(const KeySnapshot& snapshot, long layer, bool detailed) const;
  torch::Tensor score(const Moments& moments) const { return scores(moments, weights_)[0]; }
  NullDraws draws_;
  torch::Tensor weights_;  // [1, sequences]
  ShapeNulls nulls_;
};

/// Measures the snapshots of one run; `done(i)` is called after the i-th. UserError if two differ
/// in shape.
MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done);

/// Eigenvalues of the covariance of keys before RoPE, largest first, sum 1, mean over heads (and
/// over the draws of a null): [d].
torch::Tensor normalised_spectrum(const Moments& moments);

}  // namespace rc
