#include "stages/measure_rank/rank_numbers.h"

#include "model/microbatches.h"
#include "stages/measure_rank/entropy_numbers.h"
#include "stages/measure_rank/layer_groups.h"
#include "stages/measure_rank/sequence_intervals.h"

namespace rc {
namespace {

Number plain(double value, std::string unit) { return {value, std::move(unit), 1, {}}; }

/// `of` on threads, a layer an entry.
std::vector<torch::Tensor> each_layer(const MeasuredRun& run, const OfLayer& of) {
  std::vector<torch::Tensor> layers(static_cast<std::size_t>(run.layers()));
  for_pieces(run.layers(), torch::kCPU, [&](int64_t layer) {
    layers[static_cast<std::size_t>(layer)] = of(static_cast<std::size_t>(layer));
  });
  return layers;
}

/// Coordinate PR of each sequence, mean over a group's layers and their heads: [sequences].
torch::Tensor group_coordinate_pr(const std::vector<KeyMoments>& layers, const LayerGroup& group,
                                  Moments KeyMoments::*side = &KeyMoments::before_rope) {
  return group_mean(group,
                    [&](std::size_t layer) { return (layers[layer].*side).participation.mean(0); });
}

/// The original study's measure, and the "ghost" share it was read as.
void add_coordinate_pr(Numbers& numbers, const MeasuredRun& run) {
  const std::string name = "rank.coordinate_pr";
  if (run.has_start())
    numbers[name + ".initial"] = mean_number(
        group_coordinate_pr(run.initial.moments, all_layers(run.layers())), "dimensions");
  numbers[name + ".null.gaussian"] = plain(run.shape_nulls.gaussian_coordinate_pr, "dimensions");
  numbers[name + ".null.laplace"] = plain(run.shape_nulls.laplace_coordinate_pr, "dimensions");
  for (const auto& group : layer_thirds(run.layers())) {
    const auto add = [&](const std::string& what, const torch::Tensor& sequences) {
      numbers[name + what + group.name] = mean_number(sequences, "dimensions");
    };
    const auto final = group_coordinate_pr(run.final.moments, group);
    if (run.has_start()) add(".initial.", group_coordinate_pr(run.initial.moments, group));
    add(".final.", final);
    add(".after_rope.final.",
        group_coordinate_pr(run.final.moments, group, &KeyMoments::after_rope));
    for (const auto null : {kSameGains, kPermuted})
      numbers[name + ".null." + kKeyNulls[null] + "." + group.name] = plain(
          group_coordinate_pr(run.nulls.moments[null], group).mean().item<double>(), "dimensions");
    const auto rotated =
        run.nulls.rotated_coordinate_pr.index_select(0, torch::tensor(group.layers)).mean();
    numbers[name + ".null.rotated." + group.name] = plain(rotated.item<double>(), "dimensions");
    if (group.name == "deep")
      numbers["ghost.fraction.deep"] = mean_number(1 - final / run.d_k, "share");
  }
}

/// Scores of kSpectralScores: [weightings, scores] a layer.
struct SpectralLayers {
  std::vector<torch::Tensor> own;  // under leave_one_out_weights
  std::array<std::vector<torch::Tensor>, kKeyNulls.size()> nulls;
  torch::Tensor gaussian;  // of all layers
};

SpectralLayers spectral_layers(const MeasuredRun& run, const torch::Tensor& weights) {
  const auto whole = equal_weights(1);  // their moments are over all sequences
  SpectralLayers layers{
      .own = each_layer(
          run,
          [&](std::size_t layer) { return spectral_scores(run.final.moments[layer], weights); }),
      .nulls = {},
      .gaussian = spectral_scores(run.shape_nulls.gaussian, whole)};
  for (const auto null : {kSameGains, kPermuted})
    layers.nulls[null] = each_layer(run, [&](std::size_t layer) {
      return spectral_scores(run.nulls.moments[null][layer], whole);
    });
  return layers;
}

/// One score of the last snapshot beside its nulls.
void add_score(Numbers& numbers, const SpectralLayers& layers, std::size_t score,
               const LayerGroup& group) {
  const std::string name = std::string("rank.") + kSpectralScores[score].name;
  const auto column = static_cast<int64_t>(score);
  const auto add_null = [&](const char* null, double value) {
    numbers[name + ".null." + null + "." + group.name] = plain(value, "dimensions");
  };
  const auto own =
      group_mean(group, [&](std::size_t layer) { return layers.own[layer].select(1, column); });
  numbers[name + ".final." + group.name] = jackknife_number(to_vector(own), "dimensions");
  const double gaussian = layers.gaussian[0][column].item<double>();
  add_null("gaussian", gaussian);
  for (const auto null : {kSameGains, kPermuted}) {
    const auto value =
        group_mean(group, [&](std::size_t layer) { return layers.nulls[null][layer][0][column]; });
    add_null(kKeyNulls[null], value.item<double>());
  }
}

/// The first score, pr_eigen.centred.before_rope, is also asked for at the start, and of random
/// projections of the last stream.
void add_directions(Numbers& numbers, const MeasuredRun& run, const torch::Tensor& weights) {
  const std::string name = std::string("rank.") + kSpectralScores.front().name;
  const auto initial = each_layer(run, [&](std::size_t layer) {
    return centred_pr_eigen(run.initial.moments[layer].before_rope, weights);
  });
  const auto random = each_layer(run, [&](std::size_t layer) {
    return centred_pr_eigen(run.nulls.random_projection[layer], weights);
  });
  for (const auto& group : layer_thirds(run.layers())) {
    const auto add = [&](const char* what, const std::vector<torch::Tensor>& layers) {
      const auto values = group_mean(group, [&](std::size_t layer) { return layers[layer]; });
      numbers[name + what + group.name] = jackknife_number(to_vector(values), "dimensions");
    };
    if (run.has_start()) add(".initial.", initial);
    add(".random_projection.", random);
  }
}

void add_spectral(Numbers& numbers, const MeasuredRun& run) {
  const auto weights = leave_one_out_weights(run.sequences());
  const auto layers = spectral_layers(run, weights);
  for (const auto& group : layer_thirds(run.layers()))
    for (std::size_t score = 0; score < kSpectralScores.size(); ++score)
      add_score(numbers, layers, score, group);
  add_directions(numbers, run, weights);
}

}  // namespace

Numbers rank_numbers(const MeasuredRun& run) {
  Numbers numbers;
  add_coordinate_pr(numbers, run);
  add_spectral(numbers, run);
  add_entropy(numbers, run);
  return numbers;
}

}  // namespace rc
