// How alike the layers' key gains are: raw cosine, which any positive vectors score high on, beside
// Pearson's correlation, which is the cosine of the centred gains.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "figures/drawing/cells.h"
#include "figures/drawing/figure.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 2.85, kMap = 2.0, kBottom = 0.5;  // inches; the maps are square

struct Map {
  const char* table;
  std::string title;
  const char* measure;  // on the colour bar
  std::string palette;
  double left;    // inches
  double lo, hi;  // of the colours
};

/// The least value, rounded down to a number that suits a colour bar.
double cosine_floor(const Matrix& cosine) {
  const double least = extremes(cosine).first;
  const double unit = least > 0.9 ? 0.01 : 0.1;
  return std::min(std::floor(least / unit) * unit, 1 - unit);
}

std::string draw(const Map& map) {
  const double right = map.left + kMap;
  std::string commands = map.palette;
  commands += axis_names("layer", "layer", map.left - 0.36, kHeight);
  commands += side_name(map.measure, right + 0.71);
  commands += fmt::format(R"(set lmargin at screen {}; set rmargin at screen {}
set label 104 '{}' at graph 0.5, 1.06 center textcolor rgb ink
set cbrange [{}:{}]
set colorbox vertical user origin {},{} size {},{}
plot ${} {}{}
)",
                          map.left / kColumnWidth, right / kColumnWidth, map.title, map.lo, map.hi,
                          (right + 0.07) / kColumnWidth, kBottom / kHeight, 0.11 / kColumnWidth,
                          kMap / kHeight, map.table, kCells, titled(map.measure));
  return commands;
}

/// Row and column i are the layer i, counted from 0; row 0 lies at the bottom.
Figure describe(const Context& context) {
  const Field correlation = main_arm(context).front();
  if (!has_gains(correlation)) return sentence(kNoGains);
  const auto layers = static_cast<std::size_t>(correlation.at("layers").number());
  const Matrix cosine = correlation.at("cosine").matrix(layers, layers);
  const Vector borders = unit_borders(layers);

  Figure figure{.height = kHeight};
  const Matrix pearson = correlation.at("pearson").matrix(layers, layers);
  for (const auto& [table, name, values] :
       {std::tuple{"cosine", "cosine", cosine}, {"pearson", "Pearson", pearson}}) {
    figure.tables[table] = cells(values, borders, borders);
    cell_tips(figure, values, [&, name = name, &values = values](std::size_t i, std::size_t j) {
      return fmt::format("layers {} and {}\n{} {}", i, j, name, shown(values[i][j]));
    });
  }
  figure.commands =
      fmt::format(R"(set multiplot
set bmargin at screen {0}; set tmargin at screen {1}
set xrange [-0.5:{2} - 0.5] noextend; set yrange [-0.5:{2} - 0.5] noextend
set xtics 0,{3}; set ytics 0,{3}
set cbtics scale 0.4 offset -0.6,0
unset grid
set border 15 front
)",
                  kBottom / kHeight, (kBottom + kMap) / kHeight, layers, layers > 10 ? 5 : 1);
  const auto title = [seed = correlation.at("seed").number()](const char* gains) {
    return fmt::format("{} gains, seed {}", gains, seed);
  };
  figure.commands +=
      draw({"cosine", title("raw"), "cosine similarity", cividis(), 0.44, cosine_floor(cosine), 1});
  figure.commands +=
      draw({"pearson", title("centred"), "Pearson correlation", blue_to_red(), 3.7, -1, 1});
  figure.commands += "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"layer_correlation", "raw and centred agreement of the layers", "correlate"}, argc, argv,
      rc::describe);
}
