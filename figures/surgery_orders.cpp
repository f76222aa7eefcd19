// Loss against the share of key dimensions cut, under every order and control of surgery. One row
// of panels answers one question; the original's order, lowest gain first, is in all of them.
#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "figures/drawing/figure.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/loss_rise.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

// Inches.
constexpr double kAbove = 0.5, kBelow = 0.47, kBetweenRows = 0.42;
constexpr Range kWhole{0.52, 2.06}, kNearZero{2.8, 4.34};  // the two panels of a row
constexpr double kKey = 4.5, kKeyLine = 0.175;

struct Look {
  std::string_view colour;
  int point;
  double size;
  bool band = false;  // its interval, each sequence with a draw of its own
};

/// Blue is the original's order in every row, and green whatever is drawn at random; the others
/// take theirs as they come.
constexpr Look kOriginal{kBlue, 7, 0.3}, kDrawn{kGreen, 9, 0.35, true};
constexpr Look kOthers[] = {{kVermillion, 5, 0.28},
                            {kPurple, 13, 0.4},
                            {kInk, 11, 0.35},
                            {kOrange, 15, 0.3},
                            {kSky, 3, 0.3}};

// Of two widths: gnuplot's SVG gives neighbouring arrows that differ in dashes alone one pattern.
constexpr Line kUniform{"all keys zeroed", "linewidth 1.5 dashtype 2 linecolor rgb ink"},
    kTiny{"1 % of that rise", "linewidth 1.4 dashtype 3 linecolor rgb ink"};

struct Curve {
  std::string order;
  std::string text;
  Look look;
  Order rises = {};  // where it was measured
};

struct Group {
  std::string question;
  std::vector<Curve> curves;
};

/// The original's order and those that answer the question otherwise.
Group group_of(const Field& question, const Field& orders) {
  Group group{question.at("question").text(), {}};
  std::size_t others = 0;
  for (const std::string& name : names_in_order(orders)) {
    const Field order = orders.at(name);
    if (order.at("original").truth())
      group.curves.push_back({name, question.at("original").text(), kOriginal});
    else if (order.at("question").text() == group.question)
      group.curves.push_back(
          {name, order.at("legend").text(),
           order.at("random").truth() ? kDrawn : kOthers[others++ % std::size(kOthers)]});
  }
  return group;
}

/// Curves say something beside the original's, and beside chance.
void require_both(const Field& orders) {
  for (const char* flag : {"original", "random"})
    if (std::ranges::none_of(orders.names(), [&](const std::string& name) {
          return orders.at(name).at(flag).truth();
        }))
      orders.fail(fmt::format("has no order that is {}", flag));
}

std::vector<Group> groups(const Field& ablation) {
  require_both(ablation.at("orders"));
  std::vector<Group> groups;
  for (const Field& question : ablation.at("questions").items())
    groups.push_back(group_of(question, ablation.at("orders")));
  return groups;
}

/// What all panels share.
struct Scale {
  double benefit = 0;              // of attention, nats a token
  double least = 0, most = 0.001;  // of all rises
  int rows = 0;
  /// Inches; the name of the y axis is as long as one tall panel or two low ones.
  double panel_height() const { return rows == 1 ? 2.7 : 1.5; }
  double height() const {
    return kAbove + rows * panel_height() + (rows - 1) * kBetweenRows + kBelow;
  }
  /// The lowest tenth of the attention benefit, where the claims are decided.
  double zoom() const { return 0.1 * (benefit > 0 ? benefit : most); }
};

/// A row of panels: the curves that were measured, highest first.
struct Row {
  std::string question;
  std::vector<Curve> curves;
  double bottom, top;  // inches
};

/// A group of which only the original's order was measured answers nothing and is left out.
std::vector<Row> measured_rows(const std::vector<Field>& ablations, Tables& tables) {
  const Vector percent = ablations.front().at("percent").numbers();
  std::vector<Row> rows;
  for (const auto& [question, curves] : groups(ablations.front())) {
    std::vector<std::pair<double, Curve>> found;
    for (const Curve& curve : curves)
      if (const auto order = find_loss_rise(ablations, curve.order)) {
        tables[curve.order] = curve.look.band
                                  ? columns(percent, {order->rise, order->lo, order->hi})
                                  : columns(percent, {order->rise});
        found.push_back({std::accumulate(order->rise.begin(), order->rise.end(), 0.0),
                         {curve.order, curve.text, curve.look, *order}});
      }
    if (found.size() < 2) continue;
    std::ranges::stable_sort(found, std::greater{}, &std::pair<double, Curve>::first);
    Row& row = rows.emplace_back(Row{question, {}, 0, 0});
    for (const auto& [area, curve] : found) row.curves.push_back(curve);
  }
  return rows;
}

/// Bands, curves on them, and a `line` to compare with.
std::string plot(const Row& row, const std::vector<Field>& ablations, const RiseUnit& unit,
                 const Line& line, Figure& figure) {
  std::string bands, curves, points;
  for (const auto& [order, text, look, rises] : row.curves) {
    if (look.band)
      bands +=
          fmt::format("${0} using 1:({1}*$3):({1}*$4) with filledcurves linecolor rgb '{2}'{3}, ",
                      order, unit.scale, look.colour, titled(text));
    curves += fmt::format(
        "${} using 1:({}*$2) with linespoints linewidth 1.3 linecolor rgb '{}' pointtype {} "
        "pointsize {}{}, ",
        order, unit.scale, look.colour, look.point, look.size, titled(text));
    points += rise_tips(figure, text, rises, ablations, unit);
  }
  return fmt::format("plot {}{}{} with lines {}{}{}\n", bands, curves, unit.scale * line.rise,
                     line.look, titled(line.name), points);
}

std::string panel(const Row& row, const std::vector<Field>& ablations, const Range& sides,
                  const Range& y, const Line& line, Figure& figure) {
  const RiseUnit unit = rise_unit(y.hi);
  const double lo = unit.scale * y.lo, hi = unit.scale * y.hi;
  return margins({sides.lo, sides.hi, row.bottom, row.top, figure.height}) +
         fmt::format("set yrange [{}:{}]\nset ytics {}\n", lo, hi, tic_distance(hi - lo, 5)) +
         plot(row, ablations, unit, line, figure) + "unset label; unset arrow\n";
}

/// What the whole figure's first row says beside its curves' names.
std::vector<LegendEntry> lines_to_compare_with() {
  return {{0, 0, "linewidth 8 linecolor rgb pale", "", "95 % interval"},
          {0, 0, kUniform.look, "", kUniform.name},
          {0, 0, kTiny.look, "", kTiny.name}};
}

std::string key(const Row& row, const Scale& scale, bool first) {
  std::vector<LegendEntry> entries;
  for (const auto& [order, text, look, rises] : row.curves) {
    const std::string colour = fmt::format("linecolor rgb '{}'", look.colour);
    entries.push_back(
        {0, 0, "linewidth 1.3 " + colour,
         fmt::format("point pointtype {} pointsize {} {}", look.point, look.size, colour), text});
  }
  if (first)
    for (const LegendEntry& entry : lines_to_compare_with()) entries.push_back(entry);
  std::string commands;
  double y = row.top - 0.06;
  for (LegendEntry& entry : entries) {
    entry.left = kKey;
    entry.height = y / scale.height();
    commands += legend_entry(entry);
    y -= kKeyLine;
  }
  return commands;
}

std::string text(const std::string& words, double x, double y, double height, const char* how) {
  return fmt::format("set label '{}' at screen {:.4f}, {:.4f} {} textcolor rgb ink\n", words,
                     x / kColumnWidth, y / height, how);
}

/// Names of the axes, once for all rows, and of the columns.
std::string names(const Scale& scale, const Range& sides, const char* column, double y_top,
                  double y_name_at) {
  const double height = scale.height(), centre = (sides.lo + sides.hi) / 2;
  return text("key dimensions cut (%)", centre, 0.11, height, "center") +
         text(column, centre, height - 0.1, height, "center") +
         text(rise_unit(y_top).axis, y_name_at, (height - kAbove + kBelow) / 2, height,
              "center rotate");
}

std::string draw(std::vector<Row>& rows, const std::vector<Field>& ablations, const Scale& scale,
                 Figure& figure) {
  const double room = 0.04 * (scale.most - scale.least), zoom = scale.zoom();
  const Range whole{scale.least - room, scale.most + room};
  const Range near_zero{std::max(1.1 * scale.least, -zoom / 2) - 0.02 * zoom, zoom};
  std::string commands = R"(set multiplot
set style fill transparent solid 0.25 noborder
set xrange [0:100]; set xtics 0,20
)" + names(scale, kWhole, "whole range", whole.hi, 0.11) +
                         names(scale, kNearZero, "near zero", near_zero.hi, 2.33);
  double top = scale.height() - kAbove;
  for (Row& row : rows) {
    row.top = top;
    row.bottom = top - scale.panel_height();
    top = row.bottom - kBetweenRows;
    commands += text(fmt::format("{{/:Bold {}}}", row.question), kWhole.lo, row.top + 0.12,
                     scale.height(), "left");
    commands += key(row, scale, &row == &rows.front());
    commands += panel(row, ablations, kWhole, whole, kUniform.at(scale.benefit), figure);
    commands += panel(row, ablations, kNearZero, near_zero, kTiny.at(0.01 * scale.benefit), figure);
  }
  return commands + "unset multiplot\n";
}

Figure describe(const Context& context) {
  const auto ablations = main_arm(context);
  if (gains_tie(ablations)) return sentence(kGainsTie);
  Figure figure;
  std::vector<Row> rows = measured_rows(ablations, figure.tables);
  Scale scale{.benefit = attention_benefit(ablations), .rows = static_cast<int>(rows.size())};
  scale.most = std::max(scale.most, scale.benefit);
  for (const auto& [order, table] : figure.tables)
    for (const Vector& values : table) {  // percent, rise and perhaps its band
      const auto [least, most] = extremes({{values.begin() + 1, values.end()}});
      scale.least = std::min(scale.least, least);
      scale.most = std::max(scale.most, most);
    }
  figure.height = scale.height();
  figure.commands = draw(rows, ablations, scale, figure);
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"surgery_orders", "the loss under every order and control of surgery", "ablate"}, argc, argv,
      rc::describe);
}
