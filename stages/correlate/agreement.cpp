#include "stages/correlate/agreement.h"

#include <algorithm>
#include <string>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr std::size_t kTop = 8;

Number plain(double value, std::string unit) { return {value, std::move(unit), 1, {}}; }

using Predicate = bool (*)(std::span<const double> row);

/// A matrix with null in the rows and columns of layers whose gains leave it undefined.
json defined(const Rows& matrix, const Rows& gains, Predicate undefined) {
  json rows = matrix;
  for (std::size_t i = 0; i < matrix.size(); ++i)
    for (std::size_t j = 0; j < matrix.size(); ++j)
      if (undefined(gains[i]) || undefined(gains[j])) rows[i][j] = nullptr;
  return rows;
}

/// Over all layers; the cosine only where no layer's gains are zero, the correlation and its band
/// only where every layer's gains vary.
json by_distance(const Rows& gains, const NullSettings& settings) {
  json curves;
  for (std::size_t distance = 1; distance < gains.size(); ++distance)
    curves["distance"].push_back(distance);
  const std::vector<json> undefined(gains.size() - 1);  // nulls
  for (const auto* curve : {"cosine", "pearson", "null_lo", "null_hi"}) curves[curve] = undefined;
  if (std::ranges::none_of(gains, is_zero))
    curves["cosine"] = mean_by_distance(products(unit_rows(gains)));
  if (std::ranges::any_of(gains, is_constant)) return curves;
  const auto rows = centred_unit_rows(gains);
  curves["pearson"] = mean_by_distance(products(rows));
  const auto null = null_draws(rows, Shuffle::kPermutation, settings.draws, settings.seed);
  for (std::size_t i = 0; i < null.by_distance.size(); ++i) {
    curves["null_lo"][i] = quantile(null.by_distance[i], 0.025);
    curves["null_hi"][i] = quantile(null.by_distance[i], 0.975);
  }
  return curves;
}

/// Mean inner product of pairs of prepared rows, and those of shuffled rows.
struct Tested {
  double mean = 0;
  std::vector<double> null;  // [draws]

  Number p() const { return plain(permutation_p(mean, null), "probability"); }
};

Tested against(Shuffle kind, const Rows& rows, const NullSettings& settings) {
  return {pair_mean(products(rows)), null_draws(rows, kind, settings.draws, settings.seed).mean};
}

/// Correlation of rows brought to unit length: .mean, .null_99, .p.
void add_correlation(Numbers& numbers, const std::string& name, const Rows& units, Shuffle kind,
                     const NullSettings& settings) {
  const auto tested = against(kind, units, settings);
  numbers[name + ".mean"] = plain(tested.mean, "correlation");
  numbers[name + ".null_99"] = plain(quantile(tested.null, 0.99), "correlation");
  numbers[name + ".p"] = tested.p();
}

/// The same of one number a rotary pair.
void add_pair_numbers(Numbers& numbers, const std::string& name, const Rows& pairs,
                      const NullSettings& settings) {
  if (std::ranges::any_of(pairs, is_constant)) return;
  add_correlation(numbers, name, centred_unit_rows(pairs), Shuffle::kCircularShift, settings);
}

void add_rotary_pairs(Numbers& numbers, const ModelGains& model, const NullSettings& settings) {
  const auto levels = pair_levels(model.keys, settings.pairing);
  add_pair_numbers(numbers, "correlate.pair_level", levels, settings);
  add_pair_numbers(numbers, "correlate.pair_difference",
                   pair_differences(model.keys, settings.pairing), settings);
  if (model.rotary_pairs.empty()) return;
  // A pattern that belongs to frequencies shows here even where layers turn their pairs in orders
  // of their own; one that belongs to indices shows in pair_level only.
  add_pair_numbers(numbers, "correlate.by_frequency", by_frequency(levels, model.rotary_pairs),
                   settings);
}

void add_cosine(Numbers& numbers, const Rows& rows, const NullSettings& settings) {
  if (rows.size() < 2) return;
  const auto units = unit_rows(rows);
  const auto cosines = products(units);
  const auto null = null_draws(units, Shuffle::kPermutation, settings.draws, settings.seed);
  numbers["correlate.cosine.mean"] = plain(pair_mean(cosines), "cosine");
  numbers["correlate.cosine.min"] = plain(pair_least(cosines), "cosine");
  numbers["correlate.cosine.null_mean"] = plain(mean(null.mean), "cosine");
  numbers["correlate.cosine.from_cv"] = plain(cosine_from_cv(rows), "cosine");
}

void add_overlap(Numbers& numbers, const Rows& rows, const NullSettings& settings) {
  const auto top = std::min(kTop, rows.front().size());
  const auto chance = static_cast<double>(top * top) / static_cast<double>(rows.front().size());
  const auto tested = against(Shuffle::kPermutation, top_rows(rows, top), settings);
  numbers["correlate.top8.overlap"] = plain(tested.mean, "dimensions");
  numbers["correlate.top8.null"] = plain(chance, "dimensions");
  numbers["correlate.top8.p"] = tested.p();
}

}  // namespace

json agreement_matrices(const Rows& gains, const NullSettings& settings) {
  json constant = json::array();
  for (std::size_t layer = 0; layer < gains.size(); ++layer)
    if (is_constant(gains[layer])) constant.push_back(layer);
  return {{"cosine", defined(products(unit_rows(gains)), gains, is_zero)},
          {"pearson", defined(products(centred_unit_rows(gains)), gains, is_constant)},
          {"spearman", defined(products(ranked_unit_rows(gains)), gains, is_constant)},
          {"by_distance", by_distance(gains, settings)},
          {"constant_layers", constant}};
}

Numbers agreement_numbers(const ModelGains& model, const NullSettings& settings) {
  Numbers numbers;
  const auto inner = inner_layers(model.keys.size());
  auto pointing = choose(model.keys, inner);
  std::erase_if(pointing, is_zero);
  add_cosine(numbers, pointing, settings);
  const auto layers = varying(model.keys, inner);
  if (layers.size() < 2) return numbers;
  const auto rows = choose(model.keys, layers);
  const auto permuted = Shuffle::kPermutation;
  add_correlation(numbers, "correlate.pearson", centred_unit_rows(rows), permuted, settings);
  add_correlation(numbers, "correlate.spearman", ranked_unit_rows(rows), permuted, settings);
  add_overlap(numbers, rows, settings);
  add_rotary_pairs(numbers, {rows, choose(model.rotary_pairs, layers)}, settings);
  return numbers;
}

}  // namespace rc
