#include "stages/measure_rank/measurement.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "pipeline/error.h"
#include "pipeline/statistics.h"
#include "stages/measure_rank/entropy.h"

namespace rc {
namespace {

KeyShape shape_of(const KeySnapshot& s) { return {s.sequences(), s.context(), s.d_k()}; }

std::vector<KeySnapshot> open_by_step(std::span<const std::filesystem::path> files) {
  if (files.empty()) throw UserError("there is no snapshot to measure; rerun stage snapshot");
  std::vector<KeySnapshot> snapshots;
  for (const auto& file : files) {
    snapshots.push_back(KeySnapshot::open(file));
    const auto &first = snapshots.front(), &last = snapshots.back();
    if (shape_of(last) != shape_of(first) || last.layers() != first.layers())
      throw UserError(file.string() + ": its shape differs from that of " + files.front().string() +
                      "; rerun stage snapshot");
  }
  std::ranges::sort(snapshots, {}, &KeySnapshot::step);
  return snapshots;
}

ShapeNulls shape_nulls(const Moments& gaussian, const torch::Tensor& weights, std::uint64_t seed) {
  const long d = gaussian.first.size(-1);
  ShapeNulls nulls{.gaussian_coordinate_pr = gaussian_coordinate_pr(d, seed + 1),
                   .laplace_coordinate_pr = laplace_coordinate_pr(d, seed + 2),
                   .gaussian_scores = scores(gaussian, weights)[0],
                   .gaussian_spectrum = normalised_spectrum(gaussian)};
  // A mean over tokens needs no matching number of tokens: the larger draw is the sharper one.
  nulls.gaussian_scores.narrow(0, 0, kRopes.size()).fill_(nulls.gaussian_coordinate_pr);
  return nulls;
}

}  // namespace

struct Ruler::Layer {
  torch::Tensor scores;   // [4, columns]
  torch::Tensor entropy;  // [heads, sequences]
  Moments moments;
};

Ruler::Ruler(const KeyShape& shape, double rope_base, long draws, std::uint64_t seed)
    : rope_(make_rope(shape.tokens, shape.d_k, rope_base)),
      draws_(draw_nulls(shape, draws, seed)),
      weights_(equal_weights(shape.sequences)),
      nulls_(shape_nulls(moments(draws_.gaussian, rope_), weights_, seed)) {}

torch::Tensor Ruler::scores_of(const torch::Tensor& keys) const {
  return scores(moments(keys, rope_), weights_)[0];
}

Ruler::Layer Ruler::measure_layer(const KeySnapshot& snapshot, long layer) const {
  const auto keys = snapshot.keys(layer);
  const auto exact = keys.to(torch::kFloat64);
  const auto gain = snapshot.gains(layer).to(torch::kFloat64);
  Layer result;
  result.moments = moments(exact, rope_);
  result.scores = torch::stack({scores(result.moments, weights_)[0], nulls_.gaussian_scores,
                                scores_of(same_gains_keys(draws_.gaussian, gain)),
                                scores_of(permuted_keys(exact, draws_.permutation))});
  result.entropy =
      attention_entropy(apply_rope(snapshot.queries(layer), rope_), apply_rope(keys, rope_));
  return result;
}

Measurement Ruler::measure(const KeySnapshot& snapshot) const {
  std::vector<Layer> layers(snapshot.layers());
  // Inside this loop LibTorch and BLAS run on one thread each: small matrices gain nothing from
  // more.
  at::parallel_for(0, snapshot.layers(), 1, [&](int64_t begin, int64_t end) {
    for (auto layer = begin; layer < end; ++layer) layers[layer] = measure_layer(snapshot, layer);
  });
  Measurement all;
  std::vector<torch::Tensor> scores, participation, entropy;
  for (auto& layer : layers) {
    scores.push_back(layer.scores);
    participation.push_back(layer.moments.participation[0]);
    entropy.push_back(layer.entropy);
    all.moments.push_back(std::move(layer.moments));
  }
  all.step = snapshot.step();
  all.scores = torch::stack(scores);
  all.participation = torch::stack(participation);
  all.entropy = torch::stack(entropy);
  return all;
}

MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done) {
  const auto snapshots = open_by_step(files);
  const auto& first = snapshots.front();
  const Ruler ruler(shape_of(first), first.rope_base(), null_draws,
                    generator(seed, "measure-rank nulls")());
  MeasuredRun run{.snapshots = {}, .nulls = ruler.nulls()};
  for (const auto& snapshot : snapshots) {
    if (!run.snapshots.empty()) run.snapshots.back().moments.clear();
    run.snapshots.push_back(ruler.measure(snapshot));
    done(static_cast<long>(run.snapshots.size()));
  }
  return run;
}

torch::Tensor normalised_spectrum(const Moments& moments) {
  const auto spectra = pooled_spectra(moments, equal_weights(moments.first.size(2)));
  const auto centred = spectra[0][0][1];  // [heads, d]
  const auto total = centred.sum(-1, /*keepdim=*/true);
  return torch::where(total > 0, centred / total, torch::zeros_like(centred)).mean(0);
}

}  // namespace rc
