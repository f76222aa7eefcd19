#include "stages/measure_rank/rank_report.h"

#include "pipeline/plotted_layers.h"
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

json spectra_of(const std::vector<KeyMoments>& layers) {
  json spectra = json::array();
  for (const auto& moments : layers)
    spectra.push_back(to_array(normalised_spectrum(moments.before_rope)));
  return spectra;
}

json final_spectra(const MeasuredRun& run) {
  json spectra{{"of", "covariance of the final keys before RoPE"},
               {"gaussian", to_array(normalised_spectrum(run.shape_nulls.gaussian.before_rope))},
               {"value", spectra_of(run.final.moments)}};
  for (const auto null : {kSameGains, kPermuted})
    spectra[kKeyNulls[null]] = spectra_of(run.nulls.moments[null]);
  spectra["random_projection"] = json::array();
  for (const auto& moments : run.nulls.random_projection)
    spectra["random_projection"].push_back(to_array(normalised_spectrum(moments)));
  return spectra;
}

}  // namespace

json rank_report(const MeasuredRun& run) {
  const auto layers = run.layers();
  json report{{"layers", layers},
              {"d_k", run.d_k},
              {"steps", run.steps},
              {"plotted_layers", plotted_layers(layers)},
              {"coordinate_pr", to_array(run.coordinate_pr)},
              {"spectra", final_spectra(run)},
              {"numbers", to_json(rank_numbers(run))}};
  report["null"]["coordinate_pr"] = {{"gaussian", run.shape_nulls.gaussian_coordinate_pr},
                                     {"laplace", run.shape_nulls.laplace_coordinate_pr}};
  return report;
}

}  // namespace rc
