#include "figures/drawing/results.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

/// Those that the stage drawn has results of, in the order of the command line.
std::vector<std::string> arms_of(const Context& context) {
  std::vector<std::string> arms;
  for (const auto& input : context.manifests())
    if (input.manifest.stage == context.spec().needs.front().stage &&
        std::find(arms.begin(), arms.end(), input.manifest.arm) == arms.end())
      arms.push_back(input.manifest.arm);
  return arms;
}

std::string shown_arm(const Context& context) {
  const auto arms = arms_of(context);
  if (arms.empty()) throw UserError(context.spec().name + " was given no result to draw");
  return std::find(arms.begin(), arms.end(), "learned") != arms.end() ? "learned" : arms.front();
}

std::vector<Field> results_of(const Context& context, const std::string& arm) {
  const Need& need = context.spec().needs.front();
  std::vector<Field> results;
  for (const auto& file : context.outputs_of(need)) {
    Field result = Field::open(file);
    if (result.at("arm").text() == arm) results.push_back(std::move(result));
  }
  if (results.empty())
    throw UserError(fmt::format("stage {} has no result of arm {}: run it again, with --force",
                                need.stage, arm));
  const auto seed = [](const Field& result) { return result.at("seed").number(); };
  std::sort(results.begin(), results.end(),
            [&](const Field& a, const Field& b) { return seed(a) < seed(b); });
  return results;
}

template <typename Statistic>
Vector over_seeds(const Matrix& curves, Statistic statistic) {
  Vector result;
  for (std::size_t i = 0; i < curves.front().size(); ++i) {
    Vector values;
    for (const Vector& curve : curves) values.push_back(curve.at(i));
    result.push_back(statistic(values));
  }
  return result;
}

}  // namespace

std::vector<Field> main_arm(const Context& context) {
  return results_of(context, shown_arm(context));
}

std::vector<Arm> all_arms(const Context& context) {
  std::vector<std::string> names = arms_of(context);
  const std::string main = shown_arm(context);
  std::ranges::stable_partition(names, [&](const std::string& name) { return name == main; });
  std::vector<Arm> arms;
  for (const std::string& name : names) arms.push_back({name, results_of(context, name)});
  return arms;
}

std::vector<Arm> main_arm_and(const std::string& other, const Context& context) {
  auto arms = all_arms(context);
  const auto first = std::next(arms.begin());
  arms.erase(std::remove_if(first, arms.end(), [&](const Arm& a) { return a.name != other; }),
             arms.end());
  return arms;
}

bool has_gains(const Field& correlation) { return correlation.find("gains_k").has_value(); }

Field beside(const Context& context, const Field& result) {
  const Need& need = context.spec().needs.at(1);
  const double seed = result.at("seed").number();
  const std::string arm = result.at("arm").text();
  for (const auto& file : context.outputs_of(need)) {
    Field found = Field::open(file);
    if (found.at("arm").text() == arm && found.at("seed").number() == seed) return found;
  }
  throw UserError(fmt::format("stage {} has no result of seed {}, arm {}: make {}", need.stage,
                              seed, arm, need.stage));
}

std::set<std::size_t> plotted_layers(const Field& run) {
  const Vector layers = run.at("plotted_layers").numbers();
  return {layers.begin(), layers.end()};
}

std::vector<std::string> names_in_order(const Field& named) {
  std::vector<std::string> names = named.names();
  std::ranges::sort(names, {},
                    [&](const auto& name) { return named.at(name).at("place").number(); });
  return names;
}

Vector mean_curve(const Matrix& curves) {
  return over_seeds(curves, [](const Vector& values) { return mean(values); });
}

Vector lowest_curve(const Matrix& curves) {
  return over_seeds(curves, [](const Vector& v) { return *std::min_element(v.begin(), v.end()); });
}

Vector highest_curve(const Matrix& curves) {
  return over_seeds(curves, [](const Vector& v) { return *std::max_element(v.begin(), v.end()); });
}

std::pair<double, double> extremes(const Matrix& values) {
  Vector finite;
  for (const Vector& row : values)
    std::copy_if(row.begin(), row.end(), std::back_inserter(finite),
                 [](double value) { return std::isfinite(value); });
  if (finite.empty()) return {0, 0};
  const auto [least, greatest] = std::minmax_element(finite.begin(), finite.end());
  return {*least, *greatest};
}

Matrix columns(const Vector& x, const Matrix& curves) {
  Matrix rows;
  for (std::size_t i = 0; i < x.size(); ++i) {
    rows.push_back({x[i]});
    for (const Vector& curve : curves) rows.back().push_back(curve.at(i));
  }
  return rows;
}

std::string shown_name(std::string arm) {
  std::ranges::replace(arm, '_', ' ');
  return arm;
}

Vector column(const Matrix& rows, std::size_t place) {
  Vector values;
  for (const Vector& row : rows) values.push_back(row.at(place));
  return values;
}

}  // namespace rc
