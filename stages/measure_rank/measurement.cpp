#include "stages/measure_rank/measurement.h"

#include <algorithm>

#include "model/microbatches.h"
#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"
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

ShapeNulls shape_nulls(const NullDraws& draws, const torch::Tensor& weights, std::uint64_t seed) {
  const auto tokens = draws.gaussian.size(2), d = draws.gaussian.size(3);
  // Turned by any angles, independent Gaussian coordinates stay just that: one table of angles
  // serves layers of all frequencies.
  const auto gaussian = moments(draws.gaussian, make_rope(tokens, d, 10000));
  ShapeNulls nulls{.gaussian_coordinate_pr = gaussian_coordinate_pr(d, seed + 1),
                   .laplace_coordinate_pr = laplace_coordinate_pr(d, seed + 2),
                   .gaussian_scores = scores(gaussian, weights)[0],
                   .gaussian_spectrum = normalised_spectrum(gaussian)};
  // A mean over tokens needs no matching number of tokens: the larger draw is the sharper one.
  // Taking a mean off only makes them shorter, and length does not matter.
  nulls.gaussian_scores.narrow(0, 0, kCoordinateColumns).fill_(nulls.gaussian_coordinate_pr);
  return nulls;
}

}  // namespace

struct Ruler::Layer {
  torch::Tensor scores;         // [key sets, columns]
  torch::Tensor participation;  // [kv_heads, sequences]
  torch::Tensor entropy;        // [heads, sequences]
  Moments moments = {};         // in detail only
  torch::Tensor spectra = {};   // [kTracked, d_k], in detail only
};

Ruler::Ruler(const KeyShape& shape, long draws, std::uint64_t seed)
    : draws_(draw_nulls(shape, draws, seed)),
      weights_(equal_weights(shape.sequences)),
      nulls_(shape_nulls(draws_, weights_, seed)) {}

Ruler::Layer Ruler::measure_layer(const KeySnapshot& snapshot, long layer, bool detailed) const {
  const auto rope = snapshot.rope(layer);
  const auto keys = snapshot.keys(layer);
  const auto exact = keys.to(torch::kFloat64);
  const auto gain = snapshot.gains(layer).to(torch::kFloat64);
  const auto own = moments(exact, rope);
  const auto same_gains = moments(same_gains_keys(draws_.gaussian, gain), rope);
  const auto permuted = moments(permuted_keys(exact, draws_.permutation), rope);
  std::vector sets{score(own), nulls_.gaussian_scores, score(same_gains), score(permuted)};
  const auto participation = own.participation[0].select(-1, 0);
  const auto entropy =
      attention_entropy(apply_rope(snapshot.queries(layer), rope), apply_rope(keys, rope));
  if (!detailed) return {torch::stack(sets), participation, entropy};
  sets.push_back(score(moments(rotated_keys(exact, draws_.rotation), rope)));
  const auto spectra =
      torch::stack({normalised_spectrum(own), nulls_.gaussian_spectrum,
                    normalised_spectrum(same_gains), normalised_spectrum(permuted)});
  return {torch::stack(sets), participation, entropy, own, spectra};
}

Measurement Ruler::measure(const KeySnapshot& snapshot, FinalDetail* detail) const {
  std::vector<Layer> layers(snapshot.layers());
  for_pieces(snapshot.layers(), torch::kCPU, [&](int64_t layer) {
    layers[layer] = measure_layer(snapshot, layer, detail != nullptr);
  });
  const auto stacked = [&](torch::Tensor Layer::*member) {
    std::vector<torch::Tensor> all;
    for (const auto& layer : layers) all.push_back(layer.*member);
    return torch::stack(all);
  };
  if (detail) {
    detail->spectra = stacked(&Layer::spectra);
    for (auto& layer : layers) detail->moments.push_back(layer.moments);
  }
  return {snapshot.step(), stacked(&Layer::scores), stacked(&Layer::participation),
          stacked(&Layer::entropy)};
}

MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done) {
  const auto snapshots = open_by_step(files);
  const Ruler ruler(shape_of(snapshots.front()), null_draws,
                    generator(seed, "measure-rank nulls")());
  MeasuredRun run{.snapshots = {}, .last = {}, .nulls = ruler.nulls()};
  for (const auto& snapshot : snapshots) {
    const bool last = &snapshot == &snapshots.back();
    run.snapshots.push_back(ruler.measure(snapshot, last ? &run.last : nullptr));
    done(static_cast<long>(run.snapshots.size()));
  }
  return run;
}

torch::Tensor normalised_spectrum(const Moments& moments) {
  const Moments before_rope{.first = moments.first.narrow(0, 0, 1),
                            .second = moments.second.narrow(0, 0, 1)};
  const auto spectra = pooled_spectra(before_rope, equal_weights(moments.first.size(2)));
  const auto centred = spectra[0][0][1];  // [heads, d]
  const auto total = centred.sum(-1, /*keepdim=*/true);
  return torch::where(total > 0, centred / total, torch::zeros_like(centred)).mean(0);
}

}  // namespace rc
