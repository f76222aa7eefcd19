// Loss against the share of key dimensions cut, in up to three orders, with what attention is worth
// at all to measure it by.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "figures/drawing/figure.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/loss_rise.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 3.75;  // inches
constexpr const char *kCut = "key dimensions cut (%)",
                     *kUniform = "all keys zeroed: uniform attention",
                     *kUnnoticed = "1 % of the attention benefit";

/// Line styles 1 to 3 are the orders, 4 is all of attention gone, 5 what one may call unnoticed.
constexpr const char* kStyles = R"(set multiplot
set style line 1 linecolor rgb blue linewidth 1.4 pointtype 7 pointsize 0.4
set style line 2 linecolor rgb vermillion linewidth 1.4 pointtype 5 pointsize 0.35
set style line 3 linecolor rgb green linewidth 1.4 pointtype 9 pointsize 0.45
set style line 4 linecolor rgb ink linewidth 1.4 dashtype 2
set style line 5 linecolor rgb ink linewidth 1.6 dashtype 3
set style fill transparent solid 0.25 noborder
set bmargin at screen 0.14; set tmargin at screen 0.80
set xrange [0:100]; set xtics 0,20
)";

/// An order and how it looks.
struct Curve {
  const char* name;
  int style;
  const char* colour;
  LegendEntry legend;
  bool optional = false;  // runs may be asked for surgery without it
  Order order = {};       // what was measured
};
using Curves = std::vector<Curve>;

constexpr double kUpper = 0.965, kLower = 0.905;  // rows of the key

/// In the order of drawing: the original's last, on top.
const Curves kCurves = {{"high_gain",
                         2,
                         "vermillion",
                         {0.3, kLower, "linestyle 2", "point linestyle 2", "highest gain first"},
                         true},
                        {"random",
                         3,
                         "green",
                         {1.95, kUpper, "linestyle 3", "point linestyle 3", "random order, mean"}},
                        {"low_gain",
                         1,
                         "blue",
                         {0.3, kUpper, "linestyle 1", "point linestyle 1", "lowest gain first"}}};

/// What both panels show, in a unit that keeps the axis' numbers short: bands, and curves on them.
std::string orders(const Curves& curves, const std::vector<Field>& ablations, const RiseUnit& unit,
                   Figure& figure) {
  std::string bands, lines, points;
  for (const auto& curve : curves) {
    const std::string title = titled(curve.legend.text);
    bands +=
        fmt::format("{0}${1} using 1:({2}*$3):({2}*$4) with filledcurves linecolor rgb {3}{4}",
                    bands.empty() ? "plot " : ", ", curve.name, unit.scale, curve.colour, title);
    lines += fmt::format(", ${} using 1:({}*$2) with linespoints linestyle {}{}", curve.name,
                         unit.scale, curve.style, title);
    points += rise_tips(figure, curve.legend.text, curve.order, ablations, unit);
  }
  return bands + lines + points;
}

/// The names of the curves, in two rows above both panels.
std::string key(const Curves& curves) {
  std::string commands;
  for (const auto& curve : curves) commands += legend_entry(curve.legend);
  for (const LegendEntry& entry :
       {LegendEntry{1.95, kLower, "linewidth 8 linecolor rgb pale", "", "bands: 95 %"},
        LegendEntry{3.8, kUpper, "linestyle 4", "", kUniform},
        LegendEntry{3.8, kLower, "linestyle 5", "", kUnnoticed}})
    commands += legend_entry(entry);
  return commands;
}

/// All of every curve.
std::string whole_range(const Curves& curves, const std::vector<Field>& ablations, double bottom,
                        double top, Figure& figure) {
  const RiseUnit unit = rise_unit(top);
  return axis_names(kCut, unit.axis, 0.11, kHeight) + key(curves) +
         fmt::format(R"(set lmargin at screen 0.085; set rmargin at screen 0.435
set label 'whole range' at graph 0.5, 1.05 center textcolor rgb ink
set yrange [{}:{}]
{}, {} with lines linestyle 4{}
)",
                     unit.scale * bottom, unit.scale * top, orders(curves, ablations, unit, figure),
                     unit.scale * attention_benefit(ablations), titled(kUniform));
}

/// The lowest tenth of the attention benefit, where the claim is decided.
std::string near_zero(const Curves& curves, const std::vector<Field>& ablations, double bottom,
                      double top, Figure& figure) {
  const RiseUnit unit = rise_unit(top);
  const double benefit = attention_benefit(ablations);
  const std::string plot = orders(curves, ablations, unit, figure);
  std::string commands = "unset arrow; unset label\n" + axis_names(kCut, unit.axis, 3.14, kHeight);
  commands += fmt::format(R"(set lmargin at screen 0.56; set rmargin at screen 0.915
set label 'near zero' at graph 0.5, 1.05 center textcolor rgb ink
set yrange [{}:{}]
)",
                          unit.scale * bottom, unit.scale * top);
  if (benefit <= 0) return commands + plot + "\nunset multiplot\n";
  return commands + side_name("share of the attention benefit (%)", 6.39) +
         fmt::format(R"(set border 11
set y2range [{}:{}]
set y2tics 0,2 offset -0.4,0
{}, {} with lines linestyle 5{}
unset multiplot
)",
                     100 * bottom / benefit, 100 * top / benefit, plot, unit.scale * 0.01 * benefit,
                     titled(kUnnoticed));
}

Figure describe(const Context& context) {
  const auto ablations = main_arm(context);
  if (gains_tie(ablations)) return sentence(kGainsTie);
  const Vector percent = ablations.front().at("percent").numbers();
  const double benefit = attention_benefit(ablations);

  Figure figure{.height = kHeight};
  double least = 0, most = std::max(benefit, 0.001);
  Curves curves;
  for (const auto& curve : kCurves) {
    if (curve.optional && !find_loss_rise(ablations, curve.name)) continue;
    const auto order = loss_rise(ablations, curve.name);
    curves.push_back(curve);
    curves.back().order = order;
    figure.tables[curve.name] = columns(percent, {order.rise, order.lo, order.hi});
    const auto [lowest, highest] = extremes({order.rise, order.lo, order.hi});
    least = std::min(least, lowest);
    most = std::max(most, highest);
  }
  const double zoom = 0.1 * (benefit > 0 ? benefit : most);
  figure.commands = kStyles;
  figure.commands += whole_range(curves, ablations, 1.05 * least, 1.05 * most, figure);
  figure.commands +=
      near_zero(curves, ablations, std::max(1.1 * least, -zoom / 2) - 0.02 * zoom, zoom, figure);
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"surgery_impact", "the loss against the share of dimensions cut", "ablate"}, argc, argv,
      rc::describe);
}
