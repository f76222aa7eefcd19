// Training and validation loss over training, and what counting tokens alone would reach.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

/// [seed][step], nats a token.
Matrix losses(const std::vector<Field>& runs, const char* group, const char* name,
              std::size_t steps) {
  Matrix result;
  for (const Field& run : runs) result.push_back(run.at(group).at(name).numbers(steps));
  return result;
}

/// The n-gram models that were measured: dashed lines and their labels.
std::string floor_commands(const Field& run, std::vector<EndLabel>& labels) {
  const auto floor = run.find("floor");
  if (!floor) return "";
  std::string plot;
  for (const auto& [name, dashes] : {std::pair{"unigram", 2}, {"bigram", 3}}) {
    const auto field = floor->find(name);
    if (!field) continue;
    const double loss = field->number();
    const auto curve = fmt::format("{} floor", name);
    plot += fmt::format(", {} with lines dashtype {} linewidth 1.2 linecolor rgb grey{}", loss,
                        dashes, titled(curve));
    labels.push_back({loss, fmt::format("{}, {:.2f}", curve, loss), kGrey});
  }
  return plot;
}

Figure describe(const Context& context) {
  const auto runs = main_arm(context);
  const Vector train_steps = runs.front().at("curve").at("step").numbers();
  const Vector steps = runs.front().at("validation").at("step").numbers();
  const Matrix train = losses(runs, "curve", "train_loss", train_steps.size());
  const Matrix validations = losses(runs, "validation", "loss", steps.size());
  const Vector validation = mean_curve(validations);

  Figure figure{.height = kPanelFigureHeight};
  figure.tables["train"] = columns(train_steps, train);
  figure.tables["validation"] = columns(steps, {validation});
  Panel panel{
      .x_label = "optimizer step",
      .y_label = "loss (nats/token)",
      .x = {0, steps.back()},
      .labels = {{mean_curve(train).back(), "training", kVermillion},
                 {validation.back(), fmt::format("validation, {:.2f}", validation.back()), kBlue}}};
  const std::string floors = floor_commands(runs.front(), panel.labels);
  Matrix shown = train;
  shown.push_back(validation);
  for (const EndLabel& label : panel.labels) shown.push_back({label.y});
  const auto [least, greatest] = extremes(shown);
  panel.y = {std::floor(least - 0.1), std::ceil(greatest + 0.01)};
  const auto points = [&](const char* curve, const Vector& at, const Matrix& seeds) {
    return tips(figure, {.curve = curve,
                         .where = "step {}",
                         .what = "{} nats/token",
                         .x = at,
                         .y = mean_curve(seeds),
                         .seeds = seeds.size()});
  };
  figure.commands = panel_commands(panel);
  figure.commands += fmt::format(
      "plot for [i=2:{}] $train using 1:i with lines linewidth 0.8 linecolor rgb vermillion{}{}, "
      "$validation with linespoints pointtype 7 pointsize 0.4 linewidth 1.6 linecolor rgb blue{}",
      train.size() + 1, titled("training"), floors, titled("validation"));
  figure.commands +=
      points("training", train_steps, train) + points("validation", steps, validations) + '\n';
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) { return rc::figure_main({"loss", "training and validation loss", "train"}, argc, argv, rc::describe); }
