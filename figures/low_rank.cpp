// Rise of the loss against the floats of each key that are cached, one curve a method. Rises span
// four powers of ten and some are below zero: the axis is linear near zero and logarithmic beyond.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "figures/drawing/figure.h"
#include "figures/drawing/loss_rise.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 3.9;  // inches
constexpr const char *kUniform = "uniform attention", *kUnnoticed = "1 % of that rise";
constexpr int kPoints[] = {7, 5, 9, 13, 11, 15};

/// Where a rise stands on the axis; a thousandth of a nat is where it begins to bend.
double place(double rise) { return std::asinh(rise / 0.001); }

Vector places(Vector rises) {
  std::ranges::transform(rises, rises.begin(), place);
  return rises;
}

struct Method {
  std::string name, legend;
  Order rises;  // nats a token
  std::string_view colour;
  int point;
  double aside;  // floats, so that intervals do not hide each other
};

std::vector<Method> read_methods(const std::vector<Field>& results, std::size_t points) {
  const Field first = results.front().at("methods");
  const auto names = names_in_order(first);
  std::vector<Method> methods;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<Field> seeds;
    for (const Field& result : results) seeds.push_back(result.at("methods").at(names[i]));
    methods.push_back(
        {names[i], first.at(names[i]).at("legend").text(), read_order(seeds, "rise", points),
         kCurves[i % kCurves.size()], kPoints[i % std::size(kPoints)],
         0.35 * (static_cast<double>(i) - static_cast<double>(names.size() - 1) / 2)});
  }
  return methods;
}

/// Fewer floats to the right, as other figures of surgery cut more to the right.
Range floats_axis(const Vector& floats) {
  const auto rising = with_room(extremes({floats}), 0.06, 0.5);
  return {rising.hi, rising.lo};
}

Range rise_axis(const std::vector<Method>& methods, double benefit) {
  Matrix shown{{0, place(benefit)}};
  for (const Method& method : methods)
    shown.insert(shown.end(),
                 {places(method.rises.rise), places(method.rises.lo), places(method.rises.hi)});
  const auto [least, most] = extremes(shown);
  return {least - 0.3, most + 0.3};
}

/// Rises that are powers of ten, on either side of zero; floats where something was measured.
std::string tics(const Vector& floats) {
  std::string commands = "set ytics (0";
  for (const double rise : {0.001, 0.01, 0.1, 1.0, 10.0})
    commands += fmt::format(", '{0:g}' {1}, '−{0:g}' {2}", rise, place(rise), place(-rise));
  commands += ")\nset xtics (";
  for (std::size_t i = 0; i < floats.size(); ++i)
    commands += fmt::format("{}{}", i == 0 ? "" : ", ", floats[i]);
  return commands + ")\n";
}

/// A rise to compare with.
std::string line(double rise, int dashes, const char* name) {
  return fmt::format(", {} with lines dashtype {} linewidth 1.4 linecolor rgb ink{}", place(rise),
                     dashes, titled(name));
}

std::string curve(const Method& method) {
  return fmt::format(
      ", ${} using ($1 + {}):2:3:4 with yerrorlines pointtype {} pointsize 0.45 linewidth 1.3 "
      "linecolor rgb '{}'{}",
      method.name, method.aside, method.point, method.colour, titled(method.legend));
}

Figure describe(const Context& context) {
  const auto results = main_arm(context);
  const Vector floats = results.front().at("floats").numbers();
  const double benefit = attention_benefit(results);
  const auto methods = read_methods(results, floats.size());

  Figure figure{.height = kHeight};
  Panel panel{
      .x_label =
          fmt::format("floats cached of each key, of {}", results.front().at("d_k").number()),
      .y_label = "rise of validation loss (nats/token)",
      .x = floats_axis(floats),
      .y = rise_axis(methods, benefit),
      .labels = {{place(benefit), kUniform, kInk}, {place(0.01 * benefit), kUnnoticed, kInk}},
      .frame = {.left = 0.76, .top = kHeight - 0.1, .height = kHeight}};
  std::string plot = "plot 0 with lines linewidth 0.8 linecolor rgb ink" +
                     line(benefit, 2, kUniform) + line(0.01 * benefit, 3, kUnnoticed);
  for (const Method& method : methods) {
    const auto& [rise, lo, hi] = method.rises;
    figure.tables[method.name] = columns(floats, {places(rise), places(lo), places(hi)});
    panel.labels.push_back({place(rise.back()), method.legend, method.colour});
    plot += curve(method) + tips(figure, {.curve = method.legend,
                                          .where = "{} floats",
                                          .what = "{} nats/token",
                                          .x = floats,
                                          .y = rise,
                                          .lo = lo,
                                          .hi = hi,
                                          .seeds = results.size(),
                                          .aside = method.aside,
                                          .place = place});
  }
  figure.commands = panel_commands(panel) + tics(floats) + plot + '\n';
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"low_rank", "the loss against the floats of a key that are cached", "low-rank"}, argc, argv,
      rc::describe);
}
