// Snapshots measured: the first and the last in full, the last one beside its nulls, and one curve
// over all of them.
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

/// One snapshot, a layer an entry.
struct MeasuredKeys {
  std::vector<KeyMoments> moments;
  std::vector<torch::Tensor> entropy;  // [heads, sequences], share of log(t + 1)
};

/// Keys that keep something of those they stand beside, a layer an entry.
enum KeyNull : int64_t { kSameGains, kPermuted };
inline constexpr std::array kKeyNulls{"same_gains", "permuted"};

/// What the last snapshot is held against. First and second moments of kKeyNulls are over all
/// sequences: [draws * heads, 1, ...].
struct FinalNulls {
  std::array<std::vector<KeyMoments>, kKeyNulls.size()> moments;
  /// Turned into a random basis: before RoPE that changes the coordinate PR alone. [layers]
  torch::Tensor rotated_coordinate_pr;
  /// Keys of random projections of the same stream, before RoPE, heads and draws on one axis.
  std::vector<Moments> random_projection;
};

/// What depends on the shape of the keys and on nothing else.
struct ShapeNulls {
  double gaussian_coordinate_pr = 0;
  double laplace_coordinate_pr = 0;
  KeyMoments gaussian;  // [draws, 1, ...], over all sequences
};

/// A run, snapshots in the order of their steps.
struct MeasuredRun {
  long d_k = 0;
  std::vector<long> steps;
  torch::Tensor coordinate_pr;  // [steps, layers], before RoPE, mean over heads and sequences
  MeasuredKeys initial, final;
  FinalNulls nulls;
  ShapeNulls shape_nulls;

  long layers() const { return coordinate_pr.size(1); }
  /// Of a checkpoint without its training only the end is known; `initial` is the end then too.
  bool has_start() const { return steps.size() > 1; }
  long sequences() const { return final.entropy.front().size(1); }
};

/// Measures the snapshots of one run, threads take layers; `done(i)` is called after the i-th.
/// Random nulls are averaged over `null_draws`. UserError if two snapshots differ in shape.
MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done);

/// Eigenvalues of the covariance of keys before RoPE, largest first, sum 1, mean over heads (and
/// over the draws of a null): [d].
torch::Tensor normalised_spectrum(const Moments& moments);

}  // namespace rc
