#include "stages/correlate/correlation_report.h"

#include "stages/correlate/lock_in.h"
#include "stages/correlate/spread.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr const char* kNeedPairs[] = {"correlate.cosine.mean",     "correlate.pearson.mean",
                                      "correlate.pearson.null_99", "correlate.pearson.p",
                                      "correlate.spearman.mean",   "correlate.spearman.p",
                                      "correlate.top8.overlap",    "correlate.top8.p"};

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
  for (const auto* name : {"gains.skewness.layer_mid", "gains.skewness.null_95.layer_mid"})
    name_undefined(report, name, "the gains of layer L/2 are all equal");
  return report;
}

}  // namespace

json run_report(const GainHistory& history, const NullSettings& settings) {
  auto report = report_of({history.keys.back(), history.rotary_pairs}, settings);
  report["steps"] = history.steps;
  report["gains_k"] = history.keys;
  report["gains_q"] = history.queries;
  report["agreement_with_end"] = agreement_with_end(history);
  report["numbers"]["gains.fading.median"] =
      to_json(Number{median_fading(history.keys.back()), "gain", 1, {}});
  if (const auto share = lock_in_fraction(history))
    report["numbers"]["gains.lock_in.step_fraction"] = to_json(Number{*share, "share", 1, {}});
  name_undefined(report, "gains.lock_in.step_fraction", "no layer has final gains that differ");
  return report;
}

json model_report(const ModelGains& model, const NullSettings& settings) {
  auto report = report_of(model, settings);
  report["steps"] = {0};
  report["gains_k"] = {model.keys};
  return report;
}

}  // namespace rc
