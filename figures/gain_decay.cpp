// The smallest key gain of three layers over training, beside what weight decay alone makes of a
// gain that nobody needs.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "figures/drawing/figure.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 3.2, kLeft = 0.62, kRight = 6.4, kBetween = 0.25;  // inches
constexpr const char *kDecayLook = "linewidth 1.8 dashtype 2 linecolor rgb grey",
                     *kDecayName = "weight decay alone";
constexpr int kDecayPoints = 60;

/// [seed][snapshot] of one layer.
Matrix layer_curves(const Arm& arm, std::size_t layer, std::size_t snapshots) {
  Matrix curves;
  for (const Field& correlation : arm.seeds) {
    const auto layers = static_cast<std::size_t>(correlation.at("layers").number());
    Vector& curve = curves.emplace_back();
    for (const Vector& at_step : correlation.at("smallest_gain").matrix(snapshots, layers))
      curve.push_back(at_step.at(layer));
  }
  return curves;
}

/// What decay leaves of a gain of 1 by the end of the run; none where nothing decays or the run
/// does not tell.
std::optional<double> left_by_decay(const Context& context, const Field& run) {
  const auto number = beside(context, run).at("numbers").find("train.gain_decay_line");
  if (!number) return std::nullopt;
  const double left = number->at("value").number();
  return left < 1 ? std::optional(left) : std::nullopt;
}

/// left^(t / steps) = (1 - lr wd)^t.
Matrix decay_curve(double left, double steps) {
  Matrix rows;
  for (int i = 0; i <= kDecayPoints; ++i) {
    const double share = static_cast<double>(i) / kDecayPoints;
    rows.push_back({steps * share, std::pow(left, share)});
  }
  return rows;
}

/// Of the layer shown at this place.
std::string look_at(std::size_t place, double width) {
  return fmt::format("linewidth {} linecolor rgb '{}'", width, kCurves[place % kCurves.size()]);
}

/// An arm's panel; `figure` gets a table a layer, whose column 2 is the mean over seeds, and the
/// seeds follow where there are several. Adds what it shows to `shown`.
std::string panel(const Arm& arm, const Frame& frame, bool decays, Figure& figure, Matrix& shown) {
  const Vector steps = arm.seeds.front().at("steps").numbers();
  std::string plot = "plot 1 with lines linewidth 0.8 linecolor rgb ink";
  if (decays) plot += fmt::format(", $decay with lines {}{}", kDecayLook, titled(kDecayName));
  const std::string name = shown_name(arm.name);
  std::size_t place = 0;
  for (const std::size_t layer : plotted_layers(arm.seeds.front())) {
    const Matrix seeds = layer_curves(arm, layer, steps.size());
    Matrix curves{mean_curve(seeds)};
    if (seeds.size() > 1) curves.insert(curves.end(), seeds.begin(), seeds.end());
    const std::string table = fmt::format("{}_{}", arm.name, layer);
    figure.tables[table] = columns(steps, curves);
    shown.insert(shown.end(), curves.begin(), curves.end());
    const std::string curve = fmt::format("layer {}", layer);
    for (std::size_t seed = 1; seed < curves.size(); ++seed)
      plot += fmt::format(", ${} using 1:{} with lines {}{}", table, seed + 2, look_at(place, 0.6),
                          titled(curve));
    plot += fmt::format(", ${} using 1:2 with linespoints pointtype 7 pointsize 0.35 {}{}", table,
                        look_at(place++, 2), titled(curve));
    plot += tips(figure, {.curve = curve,
                          .where = "step {}, arm " + name,
                          .what = "smallest gain {}",
                          .x = steps,
                          .y = curves.front(),
                          .seeds = seeds.size()});
  }
  const bool first = frame.left == kLeft;
  return margins(frame) +
         axis_names("optimizer step", first ? "smallest key gain of the layer" : "", 0.11,
                    kHeight) +
         fmt::format(
             "set label 'arm {}' at graph 0.5, 1.05 center textcolor rgb ink\n"
             "set xrange [0:{}]; set xtics 0,{}\nset format y '{}'\n{}\n"
             "unset label; unset arrow\n",
             name, steps.back(), tic_distance(steps.back(), 5), first ? "%g" : "", plot);
}

std::string key(const std::set<std::size_t>& layers, std::optional<double> left) {
  double inches = 0.5;
  std::size_t place = 0;
  std::string commands;
  const double height = 1 - 0.13 / kHeight;
  for (const std::size_t layer : layers) {
    commands +=
        legend_entry({inches, height, look_at(place++, 2), "", fmt::format("layer {}", layer)});
    inches += 1.05;
  }
  if (left)
    commands += legend_entry(
        {inches, height, kDecayLook, "", fmt::format("{}, {:.3f} at the end", kDecayName, *left)});
  return commands;
}

/// Of all panels.
std::string y_axis(const Matrix& shown) {
  const auto span = extremes(shown);
  const auto gain = with_room(span, 0.05, 0.001);
  return fmt::format("set yrange [{}:{}] noextend\nset ytics 0,{}\n", gain.lo, gain.hi,
                     tic_distance(gain.hi - span.first, 5));
}

Figure describe(const Context& context) {
  const auto arms = main_arm_and("no_decay", context);
  const Field& run = arms.front().seeds.front();
  const auto left = left_by_decay(context, run);
  Figure figure{.height = kHeight};
  Matrix shown{{1}};
  if (left) {
    figure.tables["decay"] = decay_curve(*left, run.at("steps").numbers().back());
    shown.push_back({*left});
  }
  const auto count = static_cast<double>(arms.size());
  const double width = (kRight - kLeft - (count - 1) * kBetween) / count;
  Frame frame{kLeft, kLeft + width, 0.476, kHeight - 0.5, kHeight};
  std::string panels;
  for (const Arm& arm : arms) {
    panels += panel(arm, frame, left.has_value(), figure, shown);
    frame.left = frame.right + kBetween;
    frame.right = frame.left + width;
  }
  figure.commands = "set multiplot\n" + y_axis(shown) + key(plotted_layers(run), left) + panels +
                    "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"gain_decay", "the smallest gains against weight decay", "correlate", "train"}, argc, argv,
      rc::describe);
}
