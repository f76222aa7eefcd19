// Arms against measures: a row an arm, a column a measure, so that what goes together is seen at a
// glance. The main arm's value runs through every column as a line.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

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
  std::string name;   // of the main arm's number
  std::string title;  // over its column
  double factor = 1;  // from the number's unit to the title's
};
const std::vector<Measure> kMeasures = {
    {"rank.coordinate_pr.final.deep", "coordinate PR"},
    {"rank.pr_eigen.centred.before_rope.final.deep", "eigenvalue PR"},
    {"gains.fading.median", "fading of gains"},
    {"entropy.final.middle", "entropy"},
    {"ablate.removable_fraction.low_gain", "removable (%)", 100},
    {"loss_difference", "loss (nats)"}};

constexpr double kLeft = 1.2, kRight = 6.42, kGap = 0.13;   // inches
constexpr double kTop = 0.3, kBottom = 0.28, kRow = 0.185;  // inches

/// Rows from below: the main arm is the uppermost.
struct Row {
  std::string arm;
  double height;
};

std::vector<Row> rows_of(const std::vector<std::string>& arms) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < arms.size(); ++i)
    rows.push_back({arms[i], static_cast<double>(arms.size() - 1 - i)});
  return rows;
}

/// Tics at the rows, with names where asked for.
std::string arm_tics(const std::vector<Row>& rows, bool named) {
  std::string list;
  for (const auto& [arm, height] : rows) {
    list +=
        fmt::format("{}'{}' {}", list.empty() ? "" : ", ", named ? shown_name(arm) : "", height);
  }
  return list;
}

/// {value, lo, hi, height} of the arms that have the number.
Matrix points_of(const Measure& measure, const std::vector<Row>& rows, const Field& run) {
  Matrix points;
  for (const auto& [arm, height] : rows)
    if (const auto number = collected(run, measure.name, arm))
      points.push_back({measure.factor * number->value, measure.factor * number->lo,
                        measure.factor * number->hi, height});
  return points;
}

/// All values, and of intervals what does not dwarf them.
Range range_of(const Matrix& points) {
  Vector values, ends;
  for (const Vector& point : points) {
    values.push_back(point[0]);
    ends.insert(ends.end(), {point[1], point[2]});
  }
  auto [least, greatest] = extremes({values});
  const double reach = std::max(greatest - least, 1e-3);
  const auto [lo, hi] = extremes({values, ends});
  least = std::max(lo, least - 0.5 * reach);
  greatest = std::min(hi, greatest + 0.5 * reach);
  return with_room({least, greatest}, 0.12, 1.2e-4);
}

Frame frame_of(std::size_t column, double height) {
  const auto columns = static_cast<double>(kMeasures.size());
  const double width = (kRight - kLeft - (columns - 1) * kGap) / columns;
  const double left = kLeft + static_cast<double>(column) * (width + kGap);
  return {.left = left,
          .right = left + width,
          .bottom = kBottom,
          .top = height - kTop,
          .height = height};
}

/// The main arm's value; where the measure is a difference from it, zero.
double reference(const Measure& measure, const Field& run) {
  const auto number = collected(run, measure.name, kMainArm);
  return number ? measure.factor * number->value : 0;
}

std::string measure_tips(const Measure& measure, const Matrix& points, const std::vector<Row>& rows,
                         Figure& figure) {
  std::vector<Tip> tips;
  for (const Vector& point : points) {
    const auto row = std::ranges::find(rows, point[3], &Row::height);
    tips.push_back({point[0], point[3],
                    fmt::format("{}\n{}: {}", shown_name(row->arm), measure.title,
                                shown(point[0], point[1], point[2]))});
  }
  return rc::tips(figure, measure.title, tips);
}

std::string column(std::size_t place, const Matrix& points, const std::vector<Row>& rows,
                   const Field& run, bool named, Figure& figure) {
  const double height = figure.height;
  const auto& measure = kMeasures[place];
  const Range x = range_of(points);
  const auto n = static_cast<double>(rows.size());
  std::string commands =
      "unset label\n" +
      panel_commands({.x = x, .y = {-0.6, n - 0.4}, .frame = frame_of(place, height)});
  commands += fmt::format("set xtics {} font ',8'\nset ytics scale 0 font ',8' ({})\n",
                          tic_distance(x.hi - x.lo, 3), arm_tics(rows, named));
  commands +=
      fmt::format("set label 1 \"{{/*0.8 {}}}\" at graph 0.5, screen {} center textcolor rgb ink\n",
                  measure.title, (height - 0.13) / height);
  return commands + fmt::format(
                        "set arrow 1 from {0}, graph 0 to {0}, graph 1 nohead dashtype 2 linewidth "
                        "0.9 linecolor rgb grey\nplot $m{1} using 1:4:2:3 with xerrorbars "
                        "pointtype 7 pointsize 0.4 linewidth 1.3 linecolor rgb blue{2}{3}\n",
                        reference(measure, run), place, titled(measure.title),
                        measure_tips(measure, points, rows, figure));
}

Figure describe(const Context& context) {
  const auto run = Field::open(context.output_of("collect", ".json"));
  const auto rows = rows_of(collected_arms(run));
  const double height =
      kTop + kBottom + kRow * static_cast<double>(std::max<std::size_t>(rows.size(), 3));
  Figure figure{.height = height, .commands = "set multiplot\nset border 1\n"};
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    const auto points = points_of(kMeasures[i], rows, run);
    if (points.empty()) continue;
    const bool named = figure.tables.empty();  // the first that has something to show
    figure.tables[fmt::format("m{}", i)] = points;
    figure.commands += column(i, points, rows, run, named, figure);
  }
  figure.commands += "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"arm_measures", "arms against measures", "collect"}, argc, argv,
                         rc::describe);
}
