// The gains of the middle layer's keys over training: which dimensions grow, which fade.
#include <fmt/core.h>

#include "figures/drawing/cells.h"
#include "figures/drawing/figure.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

/// Positions of unlabelled tics.
std::string marks(const Vector& steps) {
  std::string list;
  for (const double step : steps) list += fmt::format("{}'' {}", list.empty() ? "" : ", ", step);
  return list;
}

Figure describe(const Context& context) {
  // One run: dimension i of one seed has nothing to do with dimension i of another.
  const Field correlation = main_arm(context).front();
  const Vector steps = correlation.at("steps").numbers();
  const auto layers = static_cast<std::size_t>(correlation.at("layers").number());
  const auto d_k = static_cast<std::size_t>(correlation.at("d_k").number());
  const std::size_t layer = layers / 2;
  Matrix gains;  // [snapshot][dimension]
  for (const Field& at_step : correlation.at("gains_k").items(steps.size()))
    gains.push_back(at_step.matrix(layers, d_k)[layer]);

  Figure figure{.height = 4.4};
  figure.tables["gains"] = cells(gains, halfway_borders(steps), unit_borders(d_k));
  cell_tips(figure, gains, [&](std::size_t step, std::size_t dimension) {
    return fmt::format("step {}, dimension {}\ngain {}", shown(steps[step]), dimension,
                       shown(gains[step][dimension]));
  });
  figure.commands = viridis() +
                    axis_names("optimizer step",
                               "key dimension (2{/:Italic i} and 2{/:Italic i} + 1: rotary pair)",
                               0.11, figure.height) +
                    side_name("gain of the key dimension", 6.39);
  figure.commands += fmt::format(
      R"(set lmargin at screen 0.08; set rmargin at screen 0.865
set bmargin at screen 0.11; set tmargin at screen 0.91
set xrange [0:{0}]; set yrange [-0.5:{1} - 0.5] noextend
set ytics 0,8
unset grid
set border 15 front
set x2range [0:{0}]; set x2tics ({2}) scale 0.6
set label 'layer {3}, seed {4} (marks: snapshots)' at graph 0, 1.05 left textcolor rgb ink
set colorbox vertical user origin 0.885,0.11 size 0.02,0.80
set cbtics scale 0.4 offset -0.6,0
plot $gains {5}{6}
)",
      steps.back(), d_k, marks(steps), layer, correlation.at("seed").number(), kCells,
      titled("gain"));
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"gamma_heatmap", "the key gains over training", "correlate"}, argc, argv, rc::describe);
}
