// Coordinate participation ratio of the keys over training, one curve a plotted layer.
#include <fmt/core.h>

#include <algorithm>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

/// [seed][snapshot] of one layer.
Matrix layer_curves(const std::vector<Field>& ranks, std::size_t layer, std::size_t snapshots) {
  Matrix curves;
  for (const Field& rank : ranks) {
    const auto layers = static_cast<std::size_t>(rank.at("layers").number());
    Vector& curve = curves.emplace_back();
    for (const Vector& at_step : rank.at("coordinate_pr").matrix(snapshots, layers))
      curve.push_back(at_step.at(layer));
  }
  return curves;
}

/// Column 2 is the mean over seeds; the seeds follow where there are several.
std::string curve_commands(const std::string& table, std::size_t columns, std::string_view colour,
                           const std::string& name) {
  return fmt::format(
      ", for [i=3:{0}] ${1} using 1:i with lines linewidth 0.6 linecolor rgb '{2}'{3}"
      ", ${1} using 1:2 with linespoints pointtype 7 pointsize 0.35 linewidth 2 "
      "linecolor rgb '{2}'{3}",
      columns, table, colour, titled(name));
}

Figure describe(const Context& context) {
  const auto ranks = main_arm(context);
  const Vector steps = ranks.front().at("steps").numbers();
  const Field null = ranks.front().at("null").at("coordinate_pr");
  const double gaussian = null.at("gaussian").number(), laplace = null.at("laplace").number();

  Figure figure{.height = kPanelFigureHeight};
  Panel panel{.x_label = "optimizer step",
              .y_label = "coordinate participation ratio (dimensions)",
              .x = {0, steps.back()},
              .y = {0, 26},
              .labels = {{gaussian, fmt::format("Gaussian null, {:.1f}", gaussian), kGrey},
                         {laplace, fmt::format("Laplace null, {:.1f}", laplace), kGrey}}};
  std::string plot = fmt::format(
      "plot {} with lines dashtype 2 linewidth 1.2 linecolor rgb grey{}, "
      "{} with lines dashtype 3 linewidth 1.2 linecolor rgb grey{}",
      gaussian, titled("Gaussian null"), laplace, titled("Laplace null"));
  for (const std::size_t layer : plotted_layers(ranks.front())) {
    const Matrix seeds = layer_curves(ranks, layer, steps.size());
    Matrix shown{mean_curve(seeds)};
    if (seeds.size() > 1) shown.insert(shown.end(), seeds.begin(), seeds.end());
    const auto colour = kCurves[figure.tables.size() % kCurves.size()];
    const std::string table = fmt::format("layer_{}", layer);
    figure.tables[table] = columns(steps, shown);
    panel.y.hi = std::max({panel.y.hi, 1.1 * gaussian, 1.05 * extremes(seeds).second});
    const std::string name = fmt::format("layer {}", layer);
    panel.labels.push_back({shown.front().back(), name, colour});
    plot += curve_commands(table, shown.size() + 1, colour, name) +
            tips(figure, {.curve = name,
                          .where = "step {}",
                          .what = "{} dimensions",
                          .x = steps,
                          .y = shown.front(),
                          .seeds = seeds.size()});
  }
  figure.commands = panel_commands(panel) + plot + '\n';
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"effective_rank", "the participation ratio over training", "measure-rank"}, argc, argv, rc::describe);
}
