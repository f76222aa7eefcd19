#include "stages/ablate/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "pipeline/statistics.h"

namespace rc {
namespace {

constexpr std::array kReported = {20L, 40L, 50L, 60L, 80L, 90L, 95L, 100L};
constexpr double kUnnoticed = 0.01;  // claims A3, B1, B2: less than 1 % of the attention benefit

/// Mean losses of all draws at one percentage.
std::vector<double> draws_at(const std::vector<Curve>& draws, std::size_t p) {
  std::vector<double> losses;
  for (const auto& draw : draws) losses.push_back(mean(draw[p]));
  return losses;
}

void add_order(Numbers& all, const std::string& name, const Curve& curve, const Experiment& e,
               int draws) {
  for (std::size_t p = 0; p < curve.size(); ++p) {
    const long percent = e.percents[p];
    if (std::find(kReported.begin(), kReported.end(), percent) == kReported.end()) continue;
    const auto key = fmt::format("ablate.{}.{}", name, percent);
    all[key] = rise(curve[p], e.baseline, draws);
    all[key + ".share"] = rise_share(curve[p], e.baseline, e.floor, draws);
  }
  const auto removable = removable_percent(curve, e.percents, e.baseline, e.floor, kUnnoticed);
  all["ablate.removable_fraction." + name] = {static_cast<double>(removable) / 100, "share", 1, {}};
}

nlohmann::json curve_json(const Curve& curve, const Experiment& e, int draws) {
  nlohmann::json loss, lo, hi;
  const double start = mean(e.baseline);
  for (const auto& sequences : curve) {
    const auto number = rise(sequences, e.baseline, draws);
    loss.push_back(start + number.value);
    lo.push_back(start + number.interval->lo);
    hi.push_back(start + number.interval->hi);
  }
  return {{"loss", loss}, {"lo", lo}, {"hi", hi}, {"interval", "bootstrap over sequences"}};
}

nlohmann::json random_json(const std::vector<Curve>& draws) {
  nlohmann::json loss, lo, hi;
  for (std::size_t p = 0; p < draws.front().size(); ++p) {
    const auto losses = draws_at(draws, p);
    loss.push_back(mean(losses));
    lo.push_back(quantile(losses, 0.025));
    hi.push_back(quantile(losses, 0.975));
  }
  return {{"loss", loss},
          {"lo", lo},
          {"hi", hi},
          {"interval", "quantiles over draws"},
          {"draws", draws.size()}};
}

}  // namespace

Numbers ablation_numbers(const Experiment& e, int draws) {
  Numbers all;
  for (const auto& [name, curve] : e.curves) add_order(all, name, curve, e, draws);
  add_order(all, "random", mean_curve(e.random), e, draws);
  all["ablate.baseline"] = {mean(e.baseline), "nats/token", 1, {}};
  all["ablate.uniform_attention"] = {mean(e.floor), "nats/token", 1, {}};
  all["ablate.attention_benefit"] = rise(e.floor, e.baseline, draws);
  return all;
}

nlohmann::json ablation_curves(const Experiment& e, int draws) {
  nlohmann::json orders;
  for (const auto& [name, curve] : e.curves) orders[name] = curve_json(curve, e, draws);
  orders["random"] = random_json(e.random);
  return orders;
}

}  // namespace rc
