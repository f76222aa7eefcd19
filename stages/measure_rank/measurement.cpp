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

torch::Tensor exact_keys(const KeySnapshot& snapshot, long layer) {
  return snapshot.keys(layer).to(torch::kFloat64);
}

/// One of them a layer; threads take layers.
template <typename T>
std::vector<T> for_layers(const KeySnapshot& snapshot, const std::function<T(long)>& measure) {
  std::vector<T> layers(static_cast<std::size_t>(snapshot.layers()));
  for_pieces(snapshot.layers(), torch::kCPU,
             [&](std::int64_t layer) { layers[static_cast<std::size_t>(layer)] = measure(layer); });
  return layers;
}

/// [layers]
torch::Tensor coordinate_pr(const KeySnapshot& snapshot) {
  return torch::stack(for_layers<torch::Tensor>(snapshot, [&](long layer) {
    return mean_participation(exact_keys(snapshot, layer)).mean();
  }));
}

torch::Tensor entropy(const KeySnapshot& snapshot, long layer) {
  const auto rope = snapshot.rope(layer);
  return attention_entropy(apply_rope(snapshot.queries(layer), rope),
                           apply_rope(snapshot.keys(layer), rope));
}

MeasuredKeys measure_keys(const KeySnapshot& snapshot) {
  return {.moments = for_layers<KeyMoments>(snapshot,
                                            [&](long layer) {
                                              return key_moments(exact_keys(snapshot, layer),
                                                                 snapshot.rope(layer));
                                            }),
          .entropy = for_layers<torch::Tensor>(
              snapshot, [&](long layer) { return entropy(snapshot, layer); })};
}

Moments over_sequences(const Moments& moments) {
  return {.participation = moments.participation,
          .first = moments.first.mean(1, /*keepdim=*/true),
          .second = moments.second.mean(1, /*keepdim=*/true)};
}

/// Of draws the mean is asked for and no interval: what each sequence's moments are is gigabytes
/// where there are many layers and heads.
KeyMoments null_moments(const torch::Tensor& keys, const Rope& rope) {
  const auto moments = key_moments(keys, rope);
  return {over_sequences(moments.before_rope), over_sequences(moments.after_rope)};
}

Moments joined(const std::vector<Moments>& parts) {
  Moments all;
  for (const auto field : {&Moments::participation, &Moments::first, &Moments::second}) {
    std::vector<torch::Tensor> rows;
    for (const auto& part : parts) rows.push_back(part.*field);
    all.*field = torch::cat(rows);
  }
  return all;
}

/// Of one draw after the other: keys of all of them are gigabytes where heads are many.
KeyMoments by_draw(const torch::Tensor& draws,
                   const std::function<KeyMoments(const torch::Tensor& draw)>& measure) {
  std::vector<Moments> before, after;
  for (const auto& draw : draws.split(1)) {
    auto moments = measure(draw);
    before.push_back(std::move(moments.before_rope));
    after.push_back(std::move(moments.after_rope));
  }
  return {joined(before), joined(after)};
}

ShapeNulls shape_nulls(const NullDraws& draws, std::uint64_t seed) {
  const auto tokens = draws.gaussian.size(2), d = draws.gaussian.size(3);
  // Turned by any angles, independent Gaussian coordinates stay just that: one table of angles
  // serves layers of all frequencies.
  return {.gaussian_coordinate_pr = gaussian_coordinate_pr(d, seed + 1),
          .laplace_coordinate_pr = laplace_coordinate_pr(d, seed + 2),
          .gaussian = null_moments(draws.gaussian, make_rope(tokens, d, 10000))};
}

FinalNulls measure_nulls(const KeySnapshot& snapshot, const NullDraws& draws) {
  const auto same_gains = for_layers<KeyMoments>(snapshot, [&](long layer) {
    const auto keys = same_gains_keys(draws.gaussian, snapshot.gains(layer).to(torch::kFloat64));
    return null_moments(keys, snapshot.rope(layer));
  });
  const auto permuted = for_layers<KeyMoments>(snapshot, [&](long layer) {
    return by_draw(draws.permutation, [&](const torch::Tensor& draw) {
      return null_moments(permuted_keys(exact_keys(snapshot, layer), draw), snapshot.rope(layer));
    });
  });
  const auto rotated = for_layers<torch::Tensor>(snapshot, [&](long layer) {
    auto sum = torch::zeros({}, torch::kFloat64);
    for (const auto& draw : draws.rotation.split(1))
      sum += mean_participation(rotated_keys(exact_keys(snapshot, layer), draw)).mean();
    return sum / draws.rotation.size(0);
  });
  const auto random = for_layers<Moments>(snapshot, [&](long layer) {
    return moments(snapshot.random_keys(layer).to(torch::kFloat64));
  });
  return {.moments = {same_gains, permuted},
          .rotated_coordinate_pr = torch::stack(rotated),
          .random_projection = random};
}

}  // namespace

MeasuredRun measure_run(std::span<const std::filesystem::path> files, long null_draws,
                        std::uint64_t seed, const std::function<void(long)>& done) {
  const auto snapshots = open_by_step(files);
  const auto &first = snapshots.front(), &last = snapshots.back();
  const auto null_seed = generator(seed, "measure-rank nulls")();
  const auto draws = draw_nulls(shape_of(last), null_draws, null_seed);
  const auto final = measure_keys(last);
  MeasuredRun run{.d_k = last.d_k(),
                  .initial = snapshots.size() > 1 ? measure_keys(first) : final,
                  .final = final,
                  .nulls = measure_nulls(last, draws),
                  .shape_nulls = shape_nulls(draws, null_seed)};
  std::vector<torch::Tensor> curve;
  for (const auto& snapshot : snapshots) {
    run.steps.push_back(snapshot.step());
    curve.push_back(coordinate_pr(snapshot));
    done(static_cast<long>(curve.size()));
  }
  run.coordinate_pr = torch::stack(curve);
  return run;
}

torch::Tensor normalised_spectrum(const Moments& moments) {
  const auto weights = equal_weights(moments.first.size(1));
  const auto centred = pooled_spectra(moments, weights, Centring::kCentred)[0];  // [heads, d]
  const auto total = centred.sum(-1, /*keepdim=*/true);
  return torch::where(total > 0, centred / total, torch::zeros_like(centred)).mean(0);
}

}  // namespace rc
