#include "stages/correlate/lock_in.h"

#include <numeric>

#include "pipeline/statistics/statistics.h"
#include "stages/correlate/correlation.h"

namespace rc {
namespace {

constexpr double kLocked = 0.9;

}  // namespace

std::vector<double> agreement_with_end(const GainHistory& history) {
  const auto& end = history.keys.back();
  std::vector<std::size_t> all(end.size());
  std::iota(all.begin(), all.end(), 0);
  const auto layers = varying(end, all);
  if (layers.empty()) return {};
  std::vector<double> agreement;
  for (const auto& gains : history.keys) {
    std::vector<double> of_layers;
    for (const auto layer : layers)
      of_layers.push_back(is_constant(gains[layer]) ? 0 : spearman(gains[layer], end[layer]));
    agreement.push_back(mean(of_layers));
  }
  return agreement;
}

std::optional<double> lock_in_fraction(const GainHistory& history) {
  const auto agreement = agreement_with_end(history);
  if (agreement.empty() || history.steps.back() == 0) return std::nullopt;
  auto locked = agreement.size() - 1;
  while (locked > 0 && agreement[locked - 1] > kLocked) --locked;
  return static_cast<double>(history.steps[locked]) / static_cast<double>(history.steps.back());
}

}  // namespace rc
