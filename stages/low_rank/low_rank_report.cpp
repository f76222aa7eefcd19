#include "stages/low_rank/low_rank_report.h"

#include <fmt/format.h>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr const char* kOperations = "multiply-adds/cached token/key head";

Number plain(double value, const char* unit) { return {value, unit, 1, {}}; }

json method_json(const Method& method, const LowRank& measured, const ModelConfig& config) {
  json rises, lo, hi, restore, dot;
  const auto& curve = measured.curves.at(method.name);
  for (std::size_t p = 0; p < curve.size(); ++p) {
    const auto number = rise(curve[p].losses, curve[p].baseline);
    rises.push_back(number.value);
    lo.push_back(number.interval->lo);
    hi.push_back(number.interval->hi);
    const auto cost = method.cost(kept_floats(kLowRankPercents[p], config.d_k), config);
    restore.push_back(cost.restore);
    dot.push_back(cost.dot);
  }
  return {{"title", method.title},
          {"legend", method.legend},
          {"folded", method.folded},
          {"each_step", method.each_step},
          {"rise", rises},
          {"lo", lo},
          {"hi", hi},
          {"restore_operations", restore},
          {"dot_operations", dot},
          {"place", &method - low_rank_methods().data()}};
}

}  // namespace

Numbers low_rank_numbers(const LowRank& measured, const ModelConfig& config) {
  Numbers all;
  for (const long percent : kLowRankPercents)
    all[fmt::format("lowrank.floats.{}", percent)] =
        plain(static_cast<double>(kept_floats(percent, config.d_k)), "floats");
  for (const auto& method : low_rank_methods()) {
    const auto& curve = measured.curves.at(method.name);
    for (std::size_t p = 0; p < curve.size(); ++p) {
      const auto key = fmt::format("lowrank.{}.{}", method.name, kLowRankPercents[p]);
      all[key] = rise(curve[p].losses, curve[p].baseline);
      if (const auto share = rise_share(curve[p].losses, curve[p].baseline, curve[p].uniform))
        all[key + ".share"] = *share;
    }
    const auto cost = method.cost(kept_floats(kLowRankClaimPercent, config.d_k), config);
    all[fmt::format("lowrank.{}.restore_operations", method.name)] =
        plain(static_cast<double>(cost.restore), kOperations);
  }
  return all;
}

json low_rank_report(const LowRank& measured, const ModelConfig& config) {
  json floats, methods;
  for (const long percent : kLowRankPercents) floats.push_back(kept_floats(percent, config.d_k));
  for (const auto& method : low_rank_methods())
    methods[method.name] = method_json(method, measured, config);
  return {{"percent", kLowRankPercents},
          {"floats", floats},
          {"d_k", config.d_k},
          {"baseline", mean(measured.baseline)},
          {"uniform_attention", mean(measured.uniform)},
          {"operations_unit", kOperations},
          {"methods", methods}};
}

}  // namespace rc
