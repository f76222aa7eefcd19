#include "stages/correlate/lock_in.h"

#include <numeric>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr double kLocked = 0.9;

/// The layers whose final gains have an order.
std::vector<std::size_t> ordered_layers(const GainHistory& history) {
  const auto& end = history.keys.back();
  std::vector<std::size_t> all(end.size());
  std::iota(all.begin(), all.end(), 0);
  return varying(end, all);
}

/// What was added to a layer's gains, less what was added to all of them.
std::vector<double> own_increment(const std::vector<double>& from, const std::vector<double>& to) {
  std::vector<double> increment(from.size());
  for (std::size_t i = 0; i < increment.size(); ++i) increment[i] = to[i] - from[i];
  const double common = mean(increment);
  for (double& x : increment) x -= common;
  return increment;
}

}  // namespace

std::vector<double> agreement_with_end(const GainHistory& history) {
  const auto layers = ordered_layers(history);
  if (layers.empty()) return {};
  const auto end = ranked_unit_rows(choose(history.keys.back(), layers));
  std::vector<double> agreement;
  for (const auto& gains : history.keys) {
    const auto ranks = ranked_unit_rows(choose(gains, layers));  // zeros where constant
    double sum = 0;
    for (std::size_t l = 0; l < end.size(); ++l)
      sum += std::inner_product(ranks[l].begin(), ranks[l].end(), end[l].begin(), 0.0);
    agreement.push_back(sum / static_cast<double>(end.size()));
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

GainHistory random_walk(const GainHistory& history, std::mt19937_64& random) {
  GainHistory walk{.steps = history.steps, .keys = {history.keys.front()}, .queries = {}};
  for (std::size_t s = 1; s < history.keys.size(); ++s) {
    auto gains = walk.keys.back();
    for (std::size_t l = 0; l < gains.size(); ++l) {
      const auto increment = own_increment(history.keys[s - 1][l], history.keys[s][l]);
      for (std::size_t i = 0; i < increment.size(); ++i)
        gains[l][i] += random() % 2 == 0 ? increment[i] : -increment[i];
    }
    walk.keys.push_back(std::move(gains));
  }
  return walk;
}

std::vector<double> lock_in_of_walks(const GainHistory& history, const NullSettings& settings) {
  const auto layers = ordered_layers(history);
  GainHistory ordered{.steps = history.steps, .keys = {}, .queries = {}};
  for (const auto& gains : history.keys) ordered.keys.push_back(choose(gains, layers));
  auto random = generator(settings.seed, "correlate gain walks");
  std::vector<double> fractions;
  for (long draw = 0; draw < settings.draws; ++draw)
    if (const auto fraction = lock_in_fraction(random_walk(ordered, random)))
      fractions.push_back(*fraction);
  return fractions;
}

}  // namespace rc
