// What scale does: four measures against the tokens a model has read and against its width.
#include <fmt/core.h>

#include <algorithm>

#include "figures/drawing/collected.h"
#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"
#include "pipeline/statistics/arm_names.h"

namespace rc {
namespace {

struct Measure {
  std::string name;  // of the main arm's number
  std::string title;
  std::string unit;       // below it
  std::string what;       // value and unit
  double factor = 1;      // from the number's unit to this one
  std::string over = {};  // the number it is a ratio to
};
const std::vector<Measure> kMeasures = {
    {"ablate.removable_fraction.low_gain", "removable keys", "%", "{} %", 100},
    {"rank.pr_eigen.centred.before_rope.final.deep", "eigenvalue PR", "random keys: 1",
     "{} (random keys: 1)", 1, "rank.pr_eigen.centred.before_rope.random_projection.deep"},
    {"ablate.attention_benefit", "uniform benefit", "nats/token", "{} nats/token"},
    {"induction.attention_benefit", "induction benefit", "nats/token", "{} nats/token"}};

/// One way up: arms and where they stand on its axis.
struct Axis {
  std::string title;
  std::string where;  // of a point on it
  std::vector<std::pair<std::string, double>> arms;
  Frame frame;  // of its column; a row sets bottom and top
};

constexpr double kTop = 0.12, kBottom = 0.5, kRow = 1.05, kGap = 0.16;  // inches
constexpr double kFigureHeight = kTop + kBottom + 4 * kRow + 3 * kGap;

std::vector<Axis> axes(const Field& run) {
  const auto width = collected(run, "model.d_model", kMainArm);
  return {{"times the tokens of profile laptop",
           "{} times the tokens",
           {{kMainArm, 1}, {"tokens4", 4}, {"tokens16", 16}},
           {.left = 1.0, .right = 3.6}},
          {"width of the residual stream (d_{model})",
           "width {}",
           {{"width64", 64}, {kMainArm, width ? width->value : 128}, {"width256", 256}},
           {.left = 3.8, .right = 6.4}}};
}

/// {x, value, lo, hi} of the arms that have the number, from left to right.
Matrix points_of(const Measure& measure, const Axis& axis, const Field& run) {
  Matrix points;
  for (const auto& [arm, x] : axis.arms) {
    const auto number = collected(run, measure.name, arm);
    const auto over = measure.over.empty()
                          ? Collected{1, 1, 1}
                          : collected(run, measure.over, arm).value_or(Collected{0, 0, 0});
    if (!number || over.value == 0) continue;
    const double factor = measure.factor / over.value;
    points.push_back({x, factor * number->value, factor * number->lo, factor * number->hi});
  }
  return points;
}

/// Of both columns of a row, always with zero.
Range range_of(const std::vector<Matrix>& columns) {
  Vector shown{0};
  for (const Matrix& points : columns)
    for (const Vector& point : points) shown.insert(shown.end(), point.begin() + 1, point.end());
  const auto [least, greatest] = extremes({shown});
  const double room = 0.1 * std::max(greatest - least, 1e-3);
  return {least - (least < 0 ? room : 0), greatest + room};
}

std::string tics(const Axis& axis, bool lowest) {
  std::string list;
  for (const auto& [arm, x] : axis.arms)
    list +=
        fmt::format("{}'{}' {}", list.empty() ? "" : ", ", lowest ? fmt::format("{:g}", x) : "", x);
  return fmt::format("set logscale x 2\nset xtics ({})\n", list);
}

std::string panel(std::size_t row, const Axis& axis, const Matrix& points, const Range& y,
                  Figure& figure) {
  const Measure& measure = kMeasures[row];
  const auto table = fmt::format("m{}", figure.tables.size());
  figure.tables[table] = points;
  const bool lowest = row + 1 == kMeasures.size(), first = axis.frame.left < 2;
  Frame frame = axis.frame;
  frame.top = kFigureHeight - kTop - static_cast<double>(row) * (kRow + kGap);
  frame.bottom = frame.top - kRow;
  frame.height = kFigureHeight;
  const auto& arms = axis.arms;
  return "unset label\n" +
         panel_commands(
             {.x_label = lowest ? axis.title : "",
              .y_label = first ? fmt::format("{}\\n({})", measure.title, measure.unit) : "",
              .x = {arms.front().second / 1.25, arms.back().second * 1.25},
              .y = y,
              .frame = frame,
              .y_label_at = 0.22}) +
         tics(axis, lowest) +
         fmt::format("set ytics {} format '{}'\n", tic_distance(y.hi - y.lo, 3),
                     first ? "%g" : "") +
         fmt::format(
             "plot 0 with lines linewidth 0.8 linecolor rgb ink, ${} using 1:2:3:4 with "
             "yerrorlines pointtype 7 pointsize 0.5 linewidth 1.4 linecolor rgb blue{}{}\n",
             table, titled(measure.title),
             tips(figure, {.curve = measure.title,
                           .where = axis.where,
                           .what = measure.what,
                           .x = column(points, 0),
                           .y = column(points, 1),
                           .lo = column(points, 2),
                           .hi = column(points, 3)}));
}

Figure describe(const Context& context) {
  const auto run = Field::open(context.output_of("collect", ".json"));
  const auto both = axes(run);
  Figure figure{.height = kFigureHeight, .commands = "set multiplot\n"};
  bool sizes = false;
  for (std::size_t row = 0; row < kMeasures.size(); ++row) {
    std::vector<Matrix> columns;
    for (const Axis& axis : both) columns.push_back(points_of(kMeasures[row], axis, run));
    const Range y = range_of(columns);
    for (std::size_t c = 0; c < both.size(); ++c) {
      sizes = sizes || columns[c].size() > 1;
      if (columns[c].empty()) continue;
      figure.commands += panel(row, both[c], columns[c], y, figure);
    }
  }
  figure.commands += "unset multiplot\n";
  if (!sizes) return sentence("What scale does takes other sizes: make report PROFILE=ladder");
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"ladder", "four measures against tokens and width", "collect"}, argc,
                         argv, rc::describe);
}
