#include "stages/correlate/correlation_report.h"

#include "pipeline/plotted_layers.h"
#include "pipeline/statistics/statistics.h"
#include "stages/correlate/lock_in.h"
#include "stages/correlate/spread.h"
#include "stages/correlate/wavelength.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr const char* kNeedPairs[] = {"correlate.pearson.mean", "correlate.pearson.null_99",
                                      "correlate.pearson.p",    "correlate.spearman.mean",
                                      "correlate.spearman.p",   "correlate.top8.overlap",
                                      "correlate.top8.p"};

Numbers numbers_of(const ModelGains& model, const NullSettings& settings) {
  auto numbers = spread_numbers(model.keys, settings);
  numbers.merge(agreement_numbers(model, settings));
  return numbers;
}

void name_undefined(json& report, const std::string& name, const std::string& reason) {
  if (!report["numbers"].contains(name)) report["undefined"][name] = reason;
}

json report_of(const ModelGains& model, const NullSettings& settings) {
  auto report = agreement_matrices(model.keys, settings);
  report["layers"] = model.keys.size();
  report["d_k"] = model.keys.front().size();
  report["numbers"] = to_json(numbers_of(model, settings));
  for (const auto* name : kNeedPairs)
    name_undefined(report, name, "fewer than two of layers 1 to L-2 have gains that differ");
  name_undefined(report, "correlate.cosine.mean",
                 "fewer than two of layers 1 to L-2 have gains other than zero");
  name_undefined(report, "gains.cv.layer_mid", "the gains of layer L/2 have mean zero");
  for (const auto* name : {"gains.skewness.layer_mid", "gains.skewness.null_95.layer_mid"})
    name_undefined(report, name, "the gains of layer L/2 are all equal");
  return report;
}

void add_number(json& report, const std::string& name, double value, const char* unit) {
  report["numbers"][name] = to_json(Number{value, unit, 1, {}});
}

void add_lock_in(json& report, const GainHistory& history, const NullSettings& settings) {
  const std::string run = "gains.lock_in.step_fraction", walks = "gains.lock_in.walk_05";
  report["agreement_with_end"] = agreement_with_end(history);
  if (const auto share = lock_in_fraction(history)) {
    add_number(report, run, *share, "share");
    add_number(report, walks, quantile(lock_in_of_walks(history, settings), 0.05), "share");
  }
  for (const auto& name : {run, walks})
    name_undefined(report, name, "no layer has final gains that differ");
}

/// What each rotary pair's frequency got.
void add_pairs(json& report, const GainHistory& history, Pairing pairing) {
  const std::string name = "gains.spearman_with_wavelength";
  report["context"] = history.context;
  report["pairs"] = {{"gain", pair_sizes(history.keys.back(), pairing)},
                     {"wavelength", wavelengths(history)}};
  if (const auto correlation = spearman_with_wavelength(history, pairing))
    add_number(report, name, *correlation, "correlation");
  name_undefined(report, name, "no layer from 1 to L-2 has pairs whose gains differ");
}

}  // namespace

json run_report(const GainHistory& history, const NullSettings& settings) {
  const auto& end = history.keys.back();
  auto report = report_of({end, history.rotary_pairs}, settings);
  report["steps"] = history.steps;
  report["plotted_layers"] = plotted_layers(static_cast<long>(end.size()));
  report["gains_k"] = history.keys;
  report["gains_q"] = history.queries;
  for (const auto& gains : history.keys) report["smallest_gain"].push_back(smallest_gains(gains));
  add_number(report, "gains.fading.median", median_fading(end), "gain");
  add_lock_in(report, history, settings);
  add_pairs(report, history, settings.pairing);
  return report;
}

json model_report(const ModelGains& model, const NullSettings& settings) {
  auto report = report_of(model, settings);
  report["steps"] = {0};
  report["gains_k"] = {model.keys};
  return report;
}

}  // namespace rc
