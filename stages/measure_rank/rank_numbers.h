// The numbers of rank.json: means over layers, at the first and the last snapshot, with intervals.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pipeline/statistics/numbers.h"
#include "stages/measure_rank/measurement.h"

namespace rc {

/// A set of layers a number is the mean of.
struct LayerGroup {
  std::string name;
  std::vector<int64_t> layers;
};

/// layer_1, layer_mid (L/2), layer_deep (L-2), middle and deep (the middle and last third); L >= 3.
std::vector<LayerGroup> layer_groups(long layers);

/// How often each sequence is drawn in each of `draws` resamples, over the number of sequences:
/// [draws, sequences] float64.
torch::Tensor bootstrap_weights(long sequences, long draws, std::uint64_t seed);

/// All numbers, with 95 % intervals from resampled sequences (`weights`), the nulls held fixed. A
/// correlation of a constant is undefined and left out.
Numbers rank_numbers(const MeasuredRun& run, const torch::Tensor& weights);

}  // namespace rc
