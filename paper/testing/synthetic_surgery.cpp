#include <fmt/format.h>

#include <cmath>
#include <map>

#include "paper/testing/synthetic_maker.h"

namespace rc {
namespace {

/// A rise of percent^steepness of the benefit: the higher, the later an order is felt.
const std::map<std::string, double> kOrders = {{"low_gain", 3.0},
                                               {"random", 1.2},
                                               {"high_gain", 0.5},
                                               {"product", 3.2},
                                               {"think", 3.4},
                                               {"pair", 2.0},
                                               {"frequency", 1.5},
                                               {"global", 3.1},
                                               {"global_shuffled", 1.1},
                                               {"low_gain_mean", 3.6},
                                               {"low_gain_temperature", 2.8}};

void add_order(Maker& maker, const std::string& order, double benefit) {
  for (const int percent : {20, 40, 50, 60, 80, 90, 95, 100}) {
    const double share = std::pow(percent / 100.0, kOrders.at(order));
    const auto name = fmt::format("ablate.{}.{}", order, percent);
    maker.measured(name, share * benefit, "nats/token");
    maker.measured(name + ".share", share, "share");
  }
  maker.plain("ablate.removable_fraction." + order, 0.2, "share");
}

void add_deletions(Maker& maker, double benefit) {
  for (const int percent : {20, 40, 50, 60, 80})
    for (const auto& [what, steepness] : {std::pair{"rows", 2.5},
                                          {"rows_statistic", 2.9},
                                          {"pairs", 1.9},
                                          {"pairs_statistic", 2.1}})
      maker.measured(fmt::format("delete.{}.{}", what, percent),
                     benefit * std::pow(percent / 100.0, steepness), "nats/token");
}

void add_difficulty(Maker& maker) {
  for (const std::string order : {"low_gain", "random"}) {
    maker.plain("difficulty." + order + ".trend", 0.83, "correlation");
    maker.plain("difficulty." + order + ".p", 0.004, "probability");
  }
}

void add_places(Maker& maker, double benefit) {
  for (const std::string place : {"position.first", "position.last", "induction"}) {
    maker.measured(place + ".attention_benefit", 0.9 * benefit, "nats/token");
    for (const std::string order : {"low_gain", "random"})
      maker.measured(place + "." + order + ".60", 0.3 * benefit, "nats/token");
  }
  maker.measured("induction.loss", 4.4, "nats/token");
}

}  // namespace

nlohmann::json synthetic_ablation(Maker maker, const std::string& arm) {
  const bool copies = arm == "copy";
  const double benefit = copies ? 0.002 : 0.31;
  maker.measured("ablate.attention_benefit", benefit, "nats/token");
  maker.plain("ablate.baseline", copies ? 0.05 : 5.45, "nats/token");
  maker.plain("ablate.uniform_attention", copies ? 0.052 : 5.76, "nats/token");
  if (copies || arm == "learned") {
    for (const auto& [order, steepness] : kOrders) add_order(maker, order, benefit);
    add_deletions(maker, benefit);
    add_difficulty(maker);
    add_places(maker, benefit);
  } else {
    add_order(maker, "low_gain", benefit);
  }
  return {{"numbers", maker.numbers()}};
}

}  // namespace rc
