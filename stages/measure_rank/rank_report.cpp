#include "stages/measure_rank/rank_report.h"

#include "stages/measure_rank/rank_numbers.h"

namespace rc {
namespace {

using nlohmann::json;

/// [n] as an array, [m, n] as an array of arrays.
json to_array(const torch::Tensor& x) {
  json array = json::array();
  for (int64_t i = 0; i < x.size(0); ++i)
    array.push_back(x.dim() == 1 ? json(x[i].item<double>()) : to_array(x[i]));
  return array;
}

/// Scores of the key sets that every snapshot has: [steps, layers, kTracked, columns].
torch::Tensor tracked_scores(const MeasuredRun& run) {
  std::vector<torch::Tensor> all;
  for (const auto& s : run.snapshots) all.push_back(s.scores.narrow(1, 0, kTracked));
  return torch::stack(all);
}

/// Mean entropy over heads and sequences: [steps, layers].
torch::Tensor entropies(const MeasuredRun& run) {
  std::vector<torch::Tensor> all;
  for (const auto& s : run.snapshots) all.push_back(s.entropy.mean({1, 2}));
  return torch::stack(all);
}

/// Scores over training, name by name, each beside its nulls: [step][layer].
json measure_curves(const torch::Tensor& scores) {  // [steps, layers, kTracked, columns]
  json curves;
  for (size_t c = 0; c < score_names().size(); ++c)
    for (int64_t set = 0; set < kTracked; ++set)
      curves[score_names()[c]][kKeySets[set]] = to_array(scores.select(3, c).select(2, set));
  return curves;
}

json final_spectra(const MeasuredRun& run) {
  json spectra{{"of", "covariance of the final keys before RoPE"},
               {"gaussian", to_array(run.nulls.gaussian_spectrum)}};  // one for all layers
  for (const auto set : {kValue, kSameGains, kPermuted})
    spectra[kKeySets[set]] = to_array(run.last.spectra.select(1, set));
  return spectra;
}

}  // namespace

json rank_report(const MeasuredRun& run, const torch::Tensor& weights) {
  const auto scores = tracked_scores(run);
  const auto layers = scores.size(1);
  json report{{"layers", layers},
              {"d_k", run.nulls.gaussian_spectrum.size(0)},
              {"plotted_layers", {1, layers / 2, layers - 2}},
              {"coordinate_pr", to_array(scores.select(3, 0).select(2, kValue))},
              {"measures", measure_curves(scores)},
              {"entropy", to_array(entropies(run))},
              {"spectra", final_spectra(run)},
              {"numbers", to_json(rank_numbers(run, weights))}};
  report["null"]["coordinate_pr"] = {{"gaussian", run.nulls.gaussian_coordinate_pr},
                                     {"laplace", run.nulls.laplace_coordinate_pr}};
  for (const auto& snapshot : run.snapshots) report["steps"].push_back(snapshot.step);
  return report;
}

}  // namespace rc
