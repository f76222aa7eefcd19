#include "stages/heal/heal_report.h"

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

/// Mean of `losses` above `others`, sequence by sequence.
Number paired(const std::vector<double>& losses, const std::vector<double>& others) {
  auto differences = losses;
  for (std::size_t i = 0; i < differences.size(); ++i) differences[i] -= others[i];
  auto interval = t_interval(differences);
  interval.method = kOverSequences;
  return {mean(differences), "nats/token", 1, interval};
}

}  // namespace

Numbers heal_numbers(const Healing& healing) {
  const auto steps = static_cast<double>(healing.whole_training.size());
  return {{"heal.cut", paired(healing.cut, healing.before)},
          {"heal.healed", paired(healing.healed, healing.whole)},
          {"heal.whole", paired(healing.whole, healing.before)},
          {"heal.steps", {steps, "steps", 1, {}}}};
}

nlohmann::json heal_report(const Healing& healing, long percent) {
  return {{"percent", percent},
          {"d_k", healing.d_k},
          {"cut_d_k", healing.cut_d_k},
          {"losses",
           {{"before", healing.before},
            {"cut", healing.cut},
            {"healed", healing.healed},
            {"whole", healing.whole}}},
          {"training", {{"healed", healing.healed_training}, {"whole", healing.whole_training}}}};
}

}  // namespace rc
