#include "stages/correlate/wavelength.h"

#include <cmath>
#include <numbers>

#include "pipeline/statistics/statistics.h"

namespace rc {

Rows wavelengths(const RotarySteps& pairs, const RotaryFrequencies& frequencies) {
  Rows tokens;
  for (const auto& layer : pairs) {
    auto& row = tokens.emplace_back();
    for (const long step : layer)
      row.push_back(2 * std::numbers::pi *
                    std::pow(frequencies.base, 2.0 * static_cast<double>(step) /
                                                   static_cast<double>(frequencies.width)));
  }
  return tokens;
}

Rows wavelengths(const GainHistory& history) {
  if (history.rope_angles.empty()) return wavelengths(history.rotary_pairs, history.frequencies);
  auto tokens = history.rope_angles;
  for (auto& layer : tokens)
    for (auto& pair : layer) pair = 2 * std::numbers::pi / pair;
  return tokens;
}

std::optional<double> spearman_with_wavelength(const GainHistory& history, Pairing pairing) {
  if (history.rotary_pairs.empty()) return std::nullopt;
  const auto gains = pair_sizes(history.keys.back(), pairing);
  const auto turns = wavelengths(history);
  std::vector<double> correlations;
  for (const auto layer : varying(gains, inner_layers(gains.size())))
    correlations.push_back(spearman(gains[layer], turns[layer]));
  if (correlations.empty()) return std::nullopt;
  return mean(correlations);
}

}  // namespace rc
