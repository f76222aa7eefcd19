#include "stages/correlate/correlation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

double dot(std::span<const double> x, std::span<const double> y) {
  return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
}

void to_unit_length(std::vector<double>& row) {
  const double length = std::sqrt(dot(row, row));
  if (length > 0)
    for (auto& x : row) x /= length;
}

/// `map(row)` of every row.
template <typename Map>
Rows each(const Rows& rows, Map map) {
  Rows mapped;
  for (const auto& row : rows) mapped.push_back(map(row));
  return mapped;
}

std::vector<double> centred_unit(const std::vector<double>& row) {
  std::vector<double> unit(row.size(), 0.0);
  if (is_constant(row)) return unit;  // not left to rounding
  const double centre = mean(row);
  std::ranges::transform(row, unit.begin(), [&](double x) { return x - centre; });
  to_unit_length(unit);
  return unit;
}

template <typename Use>
void each_pair(std::size_t layers, Use use) {
  for (std::size_t i = 0; i < layers; ++i)
    for (std::size_t j = i + 1; j < layers; ++j) use(i, j);
}

/// Indices of `row` in the order of `before(row[a], row[b])`; of equals the lower comes first.
template <typename Row, typename Before>
std::vector<std::size_t> sorted_indices(const Row& row, Before before) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return before(row[a], row[b]); });
  return order;
}

/// `combine(first, second)` of the members of every rotary pair.
template <typename Combine>
Rows each_rotary_pair(const Rows& rows, Pairing pairing, Combine combine) {
  return each(rows, [&](const std::vector<double>& row) {
    const auto half = row.size() / 2;
    std::vector<double> pairs;
    for (std::size_t i = 0; i < half; ++i)
      pairs.push_back(pairing == Pairing::kHalves ? combine(row[i], row[i + half])
                                                  : combine(row[2 * i], row[2 * i + 1]));
    return pairs;
  });
}

}  // namespace

Rows unit_rows(const Rows& rows) {
  return each(rows, [](std::vector<double> row) {
    to_unit_length(row);
    return row;
  });
}

Rows centred_unit_rows(const Rows& rows) { return each(rows, centred_unit); }

Rows ranked_unit_rows(const Rows& rows) {
  return each(rows, [](const auto& row) { return centred_unit(mid_ranks(row)); });
}

bool is_zero(std::span<const double> row) { return is_constant(row) && row.front() == 0; }

std::vector<std::size_t> varying(const Rows& rows, const std::vector<std::size_t>& layers) {
  std::vector<std::size_t> kept;
  std::ranges::copy_if(layers, std::back_inserter(kept),
                       [&](auto layer) { return !is_constant(rows[layer]); });
  return kept;
}

std::vector<std::size_t> inner_layers(std::size_t layers) {
  std::vector<std::size_t> inner;
  for (std::size_t layer = 1; layer + 1 < layers; ++layer) inner.push_back(layer);
  return inner;
}

Rows products(const Rows& rows) {
  Rows matrix(rows.size(), std::vector<double>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows.size(); ++j) matrix[i][j] = dot(rows[i], rows[j]);
  return matrix;
}

double pair_mean(const Rows& matrix) {
  double sum = 0;
  each_pair(matrix.size(), [&](auto i, auto j) { sum += matrix[i][j]; });
  return 2 * sum / static_cast<double>(matrix.size() * (matrix.size() - 1));
}

double pair_least(const Rows& matrix) {
  double least = matrix[0][1];
  each_pair(matrix.size(), [&](auto i, auto j) { least = std::min(least, matrix[i][j]); });
  return least;
}

std::vector<double> mean_by_distance(const Rows& matrix) {
  std::vector<double> mean(matrix.size() - 1, 0.0);
  each_pair(matrix.size(), [&](auto i, auto j) {
    mean[j - i - 1] += matrix[i][j] / static_cast<double>(matrix.size() - (j - i));
  });
  return mean;
}

void shuffle_row(std::vector<double>& row, Shuffle kind, std::mt19937_64& random) {
  if (kind == Shuffle::kPermutation) {
    std::ranges::shuffle(row, random);
    return;
  }
  std::uniform_int_distribution<std::ptrdiff_t> offset(0, std::ssize(row) - 1);
  std::ranges::rotate(row, row.begin() + offset(random));
}

NullDraws null_draws(const Rows& rows, Shuffle kind, long draws, std::uint64_t seed) {
  auto random = generator(seed, "correlate null");
  NullDraws null{.mean = {}, .by_distance = Rows(rows.size() - 1)};
  Rows shuffled = rows;
  for (long draw = 0; draw < draws; ++draw) {
    for (auto& row : shuffled) shuffle_row(row, kind, random);
    const auto matrix = products(shuffled);
    null.mean.push_back(pair_mean(matrix));
    const auto by_distance = mean_by_distance(matrix);
    for (std::size_t i = 0; i < by_distance.size(); ++i)
      null.by_distance[i].push_back(by_distance[i]);
  }
  return null;
}

double cosine_from_cv(const Rows& rows) {
  // cos(x, permuted y) averages mean(x) mean(y) / (rms(x) rms(y)), and mean/rms = 1/sqrt(1 + cv^2).
  const auto each_layer = each(rows, [](const auto& row) {
    const double rms = std::sqrt(dot(row, row) / static_cast<double>(row.size()));
    return std::vector{rms > 0 ? mean(row) / rms : 0.0};
  });
  return pair_mean(products(each_layer));
}

Rows top_rows(const Rows& rows, std::size_t top) {
  return each(rows, [top](const auto& row) {
    const auto order = sorted_indices(row, std::greater{});
    std::vector<double> chosen(row.size(), 0.0);
    for (std::size_t i = 0; i < top; ++i) chosen[order[i]] = 1;
    return chosen;
  });
}

Rows pair_levels(const Rows& rows, Pairing pairing) {
  return each_rotary_pair(rows, pairing, [](double a, double b) { return (a + b) / 2; });
}

Rows pair_differences(const Rows& rows, Pairing pairing) {
  return each_rotary_pair(rows, pairing, [](double a, double b) { return a - b; });
}

Rows pair_sizes(const Rows& rows, Pairing pairing) {
  return each_rotary_pair(rows, pairing,
                          [](double a, double b) { return std::sqrt((a * a + b * b) / 2); });
}

Rows by_frequency(const Rows& pairs, const RotarySteps& steps) {
  Rows ordered;
  for (std::size_t layer = 0; layer < pairs.size(); ++layer) {
    ordered.emplace_back();
    for (const auto i : sorted_indices(steps[layer], std::less{}))
      ordered.back().push_back(pairs[layer][i]);
  }
  return ordered;
}

}  // namespace rc
