#include "stages/measure_rank/rank_numbers.h"

#include "model/microbatches.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr double kLevel = 0.95;
constexpr int64_t kDrawsAtOnce = 50;  // whatever the threads: a product may sum by its shape

std::vector<double> to_vector(const torch::Tensor& x) {
  const auto flat = x.to(torch::kFloat64).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// The draws' percentiles, moved so that their median is the value. A resample holds some sequences
/// twice and spans fewer directions than the whole: rank measures of draws lie too low together.
/// The interval shows their spread; what little the value itself owes to a finite number of tokens,
/// its null owes too.
Interval interval_about(double value, const std::vector<double>& draws) {
  const double shift = value - median(draws);
  return {shift + quantile(draws, (1 - kLevel) / 2), shift + quantile(draws, (1 + kLevel) / 2),
          kLevel, "bootstrap over sequences"};
}

Number plain(double value, std::string unit) { return {value, std::move(unit), 1, {}}; }

/// A statistic and its values on resampled sequences [draws].
struct Estimate {
  double value = 0;
  torch::Tensor draws;

  /// The number offset + factor * value.
  Number number(std::string unit, double factor = 1, double offset = 0) const {
    const double mapped = offset + factor * value;
    return {mapped, std::move(unit), 1, interval_about(mapped, to_vector(offset + factor * draws))};
  }
};

/// Layers begin, ..., end - 1.
LayerGroup layer_range(std::string name, int64_t begin, int64_t end) {
  LayerGroup group{std::move(name), {}};
  for (auto layer = begin; layer < end; ++layer) group.layers.push_back(layer);
  return group;
}

torch::Tensor group_mean(const torch::Tensor& x, int64_t axis, const LayerGroup& group) {
  return x.index_select(axis, torch::tensor(group.layers)).mean(axis);
}

/// Mean over a group's layers and their heads of x [layers, heads, sequences].
Estimate sequence_mean(const torch::Tensor& x, const LayerGroup& group,
                       const torch::Tensor& weights) {
  const auto sequences = group_mean(x, 0, group).mean(0);
  return {sequences.mean().item<double>(), weights.matmul(sequences)};
}

/// The last snapshot's scores on every resample: [layers, draws, columns].
torch::Tensor resampled_scores(const std::vector<Moments>& moments, const torch::Tensor& weights) {
  const auto layers = static_cast<int64_t>(moments.size()), draws = weights.size(0);
  const auto parts = (draws + kDrawsAtOnce - 1) / kDrawsAtOnce;
  auto all =
      torch::empty({layers, draws, static_cast<int64_t>(score_names().size())}, weights.options());
  for_pieces(layers * parts, torch::kCPU, [&](int64_t piece) {
    const auto layer = piece / parts, first = piece % parts * kDrawsAtOnce;
    const auto count = std::min(kDrawsAtOnce, draws - first);
    const auto part = scores(moments[layer], weights.narrow(0, first, count));
    all[layer].narrow(0, first, count).copy_(part);
  });
  return all;
}

/// One column of the scores at the last snapshot, beside its nulls.
struct FinalScore {
  Estimate estimate;
  std::vector<double> sets;  // by KeySet
  bool basis_free = false;
};

FinalScore final_score(const torch::Tensor& scores, const torch::Tensor& resampled, int64_t column,
                       const LayerGroup& group) {
  const auto sets = to_vector(group_mean(scores.select(2, column), 0, group));
  return {{sets[kValue], group_mean(resampled.select(2, column), 0, group)},
          sets,
          basis_free(score_names()[column])};
}

void add_score(Numbers& numbers, const std::string& name, const FinalScore& score,
               const std::string& group) {
  numbers[name + ".final." + group] = score.estimate.number("dimensions");
  for (const auto set : {kSameGains, kPermuted, kRotated})
    numbers[name + ".null." + kKeySets[set] + "." + group] = plain(score.sets[set], "dimensions");
  for (const auto set : {kGaussian, kSameGains, kPermuted, kRotated}) {
    const double null = score.sets[set];
    if (null == 0) continue;  // no variance, no rank, no ratio
    auto ratio = score.estimate.number("ratio", 1 / null);
    if (set == kRotated && score.basis_free) ratio.interval.reset();  // 1 on every resample
    numbers[name + ".ratio_to_" + kKeySets[set] + "." + group] = ratio;
  }
}

/// Every column but the first, which has names of its own.
void add_other_scores(Numbers& numbers, const torch::Tensor& scores,
                      const torch::Tensor& resampled) {
  const auto& names = score_names();
  for (const auto& group : layer_groups(scores.size(0))) {
    if (group.name != "middle" && group.name != "deep") continue;
    for (size_t column = 1; column < names.size(); ++column) {
      const auto name = "rank." + names[column];
      const auto score = final_score(scores, resampled, static_cast<int64_t>(column), group);
      add_score(numbers, name, score, group.name);
      numbers[name + ".null.gaussian." + group.name] = plain(score.sets[kGaussian], "dimensions");
    }
  }
}

/// The original study's measure, layer by plotted layer, and the "ghost" share it was read as.
void add_coordinate_pr(Numbers& numbers, const MeasuredRun& run, const torch::Tensor& resampled,
                       const torch::Tensor& weights) {
  const std::string name = "rank.coordinate_pr";
  const auto& first = run.snapshots.front().participation;
  const double gaussian = run.nulls.gaussian_coordinate_pr;
  for (const auto& group : layer_groups(first.size(0))) {
    const auto score = final_score(run.snapshots.back().scores, resampled, 0, group);
    add_score(numbers, name, score, group.name);
    numbers[name + ".initial." + group.name] =
        sequence_mean(first, group, weights).number("dimensions");
    if (group.name != "deep") continue;
    const auto d_k = static_cast<double>(run.nulls.gaussian_spectrum.size(0));
    numbers["ghost.fraction.deep"] = score.estimate.number("share", -1 / d_k, 1);
    numbers["ghost.fraction_vs_null.deep"] = score.estimate.number("share", -1 / gaussian, 1);
  }
  numbers[name + ".initial"] =
      sequence_mean(first, layer_range("all", 0, first.size(0)), weights).number("dimensions");
  numbers[name + ".null.gaussian"] = plain(gaussian, "dimensions");
  numbers[name + ".null.laplace"] = plain(run.nulls.laplace_coordinate_pr, "dimensions");
}

void add_entropy(Numbers& numbers, const MeasuredRun& run, const torch::Tensor& weights) {
  for (const auto& group : layer_groups(run.snapshots.front().entropy.size(0))) {
    if (group.name != "middle" && group.name != "deep") continue;
    const auto number = [&](const Measurement& snapshot) {
      return sequence_mean(snapshot.entropy, group, weights).number("share");
    };
    numbers["entropy.initial." + group.name] = number(run.snapshots.front());
    numbers["entropy.final." + group.name] = number(run.snapshots.back());
  }
}

/// Entropy of every query head of every snapshot, and the coordinate PR of the keys it reads.
struct EntropyAndRank {
  torch::Tensor entropy;        // [points, sequences]
  torch::Tensor participation;  // [points, sequences]

  double spearman(const torch::Tensor& weights) const {
    return rc::spearman(to_vector(entropy.matmul(weights)),
                        to_vector(participation.matmul(weights)));
  }
};

EntropyAndRank pair_heads(std::span<const Measurement> snapshots) {
  std::vector<torch::Tensor> entropy, participation;
  for (const auto& s : snapshots) {
    const auto group = s.entropy.size(1) / s.participation.size(1);
    entropy.push_back(s.entropy.flatten(0, 1));
    participation.push_back(s.participation.repeat_interleave(group, 1).flatten(0, 1));
  }
  return {torch::cat(entropy), torch::cat(participation)};
}

bool varies(const torch::Tensor& x) { return (x != x.flatten()[0]).any().item<bool>(); }

void add_spearman(Numbers& numbers, const std::string& name, std::span<const Measurement> snapshots,
                  const torch::Tensor& weights) {
  const auto points = pair_heads(snapshots);
  if (!varies(points.entropy) || !varies(points.participation)) return;
  std::vector<double> draws;
  for (int64_t d = 0; d < weights.size(0); ++d) draws.push_back(points.spearman(weights[d]));
  const double value = points.spearman(equal_weights(weights.size(1))[0]);
  numbers[name] = {value, "correlation", 1, interval_about(value, draws)};
}

}  // namespace

std::vector<LayerGroup> layer_groups(long layers) {
  return {layer_range("layer_1", 1, 2), layer_range("layer_mid", layers / 2, layers / 2 + 1),
          layer_range("layer_deep", layers - 2, layers - 1),
          layer_range("middle", layers / 3, 2 * layers / 3),
          layer_range("deep", 2 * layers / 3, layers)};
}

torch::Tensor bootstrap_weights(long sequences, long draws, std::uint64_t seed) {
  auto random = generator(seed, "measure-rank bootstrap");
  std::uniform_int_distribution<long> pick(0, sequences - 1);
  auto weights = torch::zeros({draws, sequences}, torch::kFloat64);
  auto weight = weights.accessor<double, 2>();
  for (long d = 0; d < draws; ++d)
    for (long s = 0; s < sequences; ++s)
      weight[d][pick(random)] += 1 / static_cast<double>(sequences);
  return weights;
}

Numbers rank_numbers(const MeasuredRun& run, const torch::Tensor& weights) {
  const auto& last = run.snapshots.back();
  const auto resampled = resampled_scores(run.last.moments, weights);
  Numbers numbers;
  add_coordinate_pr(numbers, run, resampled, weights);
  add_other_scores(numbers, last.scores, resampled);
  add_entropy(numbers, run, weights);
  add_spearman(numbers, "entropy.spearman_with_pr", run.snapshots, weights);
  add_spearman(numbers, "entropy.spearman_with_pr.final", {&last, 1}, weights);
  return numbers;
}

}  // namespace rc
