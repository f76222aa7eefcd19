// The final key gain of every rotary pair against the wavelength it turns with, at the plotted
// layers: pairs that turn slower than the context is long tell no position.
#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "figures/drawing/figure.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 2.9, kLeft = 0.62, kRight = 6.4, kBetween = 0.2;  // inches
constexpr const char* kContextLook = "linewidth 1.2 dashtype 2 linecolor rgb grey";

/// The main arm and the one whose rotary base is smaller.
struct Look {
  std::string_view colour;
  int point;
  double size;
};
constexpr Look kLooks[] = {{kBlue, 7, 0.4}, {kVermillion, 9, 0.5}};

std::string line_of(const Look& look, double width = 1.6) {
  return fmt::format("linewidth {} linecolor rgb '{}'", width, look.colour);
}

std::string point_of(const Look& look) {
  return fmt::format("pointtype {} pointsize {} linecolor rgb '{}'", look.point, look.size,
                     look.colour);
}

/// One layer's pairs, fastest first: wavelengths in tokens, and gains.
struct Pairs {
  Vector wavelength, gain;
};

Pairs pairs_of(const Field& correlation, std::size_t layer) {
  const auto layers = static_cast<std::size_t>(correlation.at("layers").number());
  const auto row = [&](const char* name) {
    return correlation.at("pairs").at(name).items(layers).at(layer).numbers();
  };
  const Vector wavelength = row("wavelength"), gain = row("gain");
  std::vector<std::size_t> order(wavelength.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return wavelength[i]; });
  Pairs sorted;
  for (const std::size_t i : order) {
    sorted.wavelength.push_back(wavelength[i]);
    sorted.gain.push_back(gain.at(i));
  }
  return sorted;
}

/// Rows {wavelength, mean gain over seeds, each seed's where there are several}.
Matrix table_of(const Arm& arm, std::size_t layer) {
  Matrix seeds;
  for (const Field& correlation : arm.seeds) seeds.push_back(pairs_of(correlation, layer).gain);
  Matrix curves{mean_curve(seeds)};
  if (seeds.size() > 1) curves.insert(curves.end(), seeds.begin(), seeds.end());
  return columns(pairs_of(arm.seeds.front(), layer).wavelength, curves);
}

std::string curve_commands(const std::string& table, std::size_t columns, const Look& look,
                           const std::string& title) {
  std::string plot;
  for (std::size_t seed = 3; seed <= columns; ++seed)
    plot += fmt::format(", ${} using 1:{} with lines {}{}", table, seed, line_of(look, 0.5), title);
  return plot + fmt::format(", ${0} using 1:2 with lines {1}{3}, ${0} using 1:2 with points {2}{3}",
                            table, line_of(look), point_of(look), title);
}

std::string key(const std::vector<Arm>& arms, double tokens) {
  double inches = 0.5;
  std::string commands;
  const double height = 1 - 0.13 / kHeight;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    commands += legend_entry({inches, height, line_of(kLooks[i]), "point " + point_of(kLooks[i]),
                              "arm " + arms[i].name});
    inches += 1.5;
  }
  return commands + legend_entry({inches, height, kContextLook, "",
                                  fmt::format("a sequence, {} tokens", tokens)});
}

std::string panel(const std::vector<Arm>& arms, std::size_t layer, double tokens,
                  const Frame& frame, Figure& figure) {
  std::string plot = "plot 1 with lines linewidth 0.8 linecolor rgb ink";
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const std::string name = fmt::format("{}_{}", arms[i].name, layer);
    const Matrix pairs = table_of(arms[i], layer);
    figure.tables[name] = pairs;
    const std::string curve = "arm " + arms[i].name;
    plot += curve_commands(name, pairs.front().size(), kLooks[i], titled(curve)) +
            tips(figure, {.curve = curve,
                          .where = fmt::format("layer {}, wavelength {{}} tokens", layer),
                          .what = "gain {}",
                          .x = column(pairs, 0),
                          .y = column(pairs, 1),
                          .seeds = arms[i].seeds.size()});
  }
  const bool first = frame.left == kLeft;
  return margins(frame) +
         axis_names("wavelength (tokens)", first ? "gain of the rotary pair" : "", 0.11, kHeight) +
         fmt::format(
             "set label 'layer {}' at graph 0.5, 1.06 center textcolor rgb ink\n"
             "set arrow from first {}, graph 0 rto graph 0, graph 1 nohead {}\n"
             "set format y '{}'\n{}\nunset label; unset arrow\n",
             layer, tokens, kContextLook, first ? "%g" : "", plot);
}

/// Of all panels.
std::string axes(const Tables& tables, double tokens) {
  Matrix wavelengths{{tokens}}, gains{{1}};
  for (const auto& [name, table] : tables)
    for (const Vector& row : table) {
      wavelengths.push_back({row[0]});
      gains.emplace_back(row.begin() + 1, row.end());
    }
  const auto [shortest, longest] = extremes(wavelengths);
  const auto span = extremes(gains);
  const auto gain = with_room(span, 0.06, 0.001);
  return fmt::format(
      "set logscale x\nset format x '10^{{%T}}'\nset xtics 10\n"
      "set xrange [{}:{}] noextend; set yrange [{}:{}] noextend\nset ytics 0,{}\n",
      shortest / 1.5, 1.5 * longest, gain.lo, gain.hi, tic_distance(gain.hi - span.first, 5));
}

Figure describe(const Context& context) {
  const auto arms = main_arm_and("rope40", context);
  const Field& run = arms.front().seeds.front();
  if (!has_gains(run)) return sentence(kNoGains);
  const double tokens = run.at("context").number();
  const auto layers = plotted_layers(run);
  Figure figure{.height = kHeight};
  const auto count = static_cast<double>(layers.size());
  const double width = (kRight - kLeft - (count - 1) * kBetween) / count;
  Frame frame{kLeft, kLeft + width, 0.47, kHeight - 0.5, kHeight};
  std::string panels;
  for (const std::size_t layer : layers) {
    panels += panel(arms, layer, tokens, frame, figure);
    frame.left = frame.right + kBetween;
    frame.right = frame.left + width;
  }
  figure.commands = "set multiplot\n" + axes(figure.tables, tokens) + key(arms, tokens) + panels +
                    "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"gain_wavelength", "pair gains against their wavelength", "correlate"},
                         argc, argv, rc::describe);
}
