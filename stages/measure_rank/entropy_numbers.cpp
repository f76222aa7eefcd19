#include "stages/measure_rank/entropy_numbers.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "pipeline/statistics/statistics.h"
#include "stages/measure_rank/layer_groups.h"
#include "stages/measure_rank/sequence_intervals.h"

namespace rc {
namespace {

/// Every query head of the last snapshot: its entropy, the coordinate PR of the keys it reads, and
/// its layer.
struct Heads {
  torch::Tensor entropy;        // [layers * heads, sequences]
  torch::Tensor participation;  // [layers * heads, sequences]
  std::vector<double> layer;    // [layers * heads]
};

Heads heads_of(const MeasuredKeys& keys) {
  std::vector<torch::Tensor> entropy, participation;
  Heads heads;
  for (std::size_t layer = 0; layer < keys.entropy.size(); ++layer) {
    const auto& own = keys.moments[layer].before_rope.participation;
    const auto count = keys.entropy[layer].size(0);
    entropy.push_back(keys.entropy[layer]);
    participation.push_back(own.repeat_interleave(count / own.size(0), 0));
    heads.layer.insert(heads.layer.end(), static_cast<std::size_t>(count),
                       static_cast<double>(layer));
  }
  heads.entropy = torch::cat(entropy);
  heads.participation = torch::cat(participation);
  return heads;
}

using Correlation = std::function<double(std::span<const double>, std::span<const double>)>;

/// Of entropy and participation over heads, where it is defined for every weighting.
void add_correlation(Numbers& numbers, const std::string& name, const Heads& heads,
                     const Correlation& correlation) {
  const auto weights = leave_one_out_weights(heads.entropy.size(1));
  std::vector<double> values;
  for (int64_t w = 0; w < weights.size(0); ++w)
    values.push_back(correlation(to_vector(heads.entropy.matmul(weights[w])),
                                 to_vector(heads.participation.matmul(weights[w]))));
  if (!std::ranges::all_of(values, [](double x) { return std::isfinite(x); })) return;
  auto number = jackknife_number(values, "correlation");
  number.interval->lo = std::max(number.interval->lo, -1.0);
  number.interval->hi = std::min(number.interval->hi, 1.0);
  numbers[name] = number;
}

bool varies(const torch::Tensor& x) { return (x != x.flatten()[0]).any().item<bool>(); }

void add_correlations(Numbers& numbers, const MeasuredKeys& keys) {
  const auto heads = heads_of(keys);
  if (!varies(heads.entropy) || !varies(heads.participation)) return;
  add_correlation(numbers, "entropy.spearman_with_pr.final", heads, spearman);
  add_correlation(numbers, "entropy.partial_spearman_with_pr.final", heads,
                  [&](auto x, auto y) { return partial_spearman(x, y, heads.layer); });
}

}  // namespace

void add_entropy(Numbers& numbers, const MeasuredRun& run) {
  const auto middle = layer_thirds(run.layers()).front();
  const auto number = [&](const MeasuredKeys& keys) {
    const auto sequences =
        group_mean(middle, [&](std::size_t layer) { return keys.entropy[layer].mean(0); });
    return mean_number(sequences, "share");
  };
  if (run.has_start()) numbers["entropy.initial.middle"] = number(run.initial);
  numbers["entropy.final.middle"] = number(run.final);
  add_correlations(numbers, run.final);
}

}  // namespace rc
