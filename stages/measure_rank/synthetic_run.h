// Snapshots of a run that was never trained, for tests: columns of the keys fade as steps pass.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

struct SyntheticRun {
  long snapshots = 3;
  long layers = 6;
  long heads = 4;
  long kv_heads = 2;
  long sequences = 4;
  long context = 16;
  long d_k = 8;
  /// The same keys with their rotary pairs in another order, a layer's own, and "rotary_pairs" to
  /// say which.
  bool scattered_pairs = false;
};

/// Writes the snapshots under `folder` and returns their paths in the order of their steps
/// (0, 10, 20, ...). In the last one gain i of every layer is about 1 / (1 + i), and keys of random
/// projections, twice as many heads of them, are isotropic.
std::vector<std::filesystem::path> write_synthetic_run(const std::filesystem::path& folder,
                                                       const SyntheticRun& run);

}  // namespace rc
