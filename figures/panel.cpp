#include "figures/panel.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "figures/style.h"

namespace rc {
namespace {

// Edges of the panel, as shares of the figure.
constexpr double kLeft = 0.08, kRight = 0.76, kBottom = 0.14, kTop = 0.97;

/// Neighbouring intervals that touch.
struct Block {
  double sum = 0;  // of the wished centres
  int count = 0;
  /// Centre of the lowest one, where the block lies as near as it may to all that was wished.
  double first(double gap, double lo, double hi) const {
    const double best = sum / count - gap * (count - 1) / 2;
    return std::max(lo + gap / 2, std::min(best, hi - gap / 2 - gap * (count - 1)));
  }
};

std::vector<std::size_t> ascending(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

/// Height of a line of 9 point text with a little air, in units of the axis.
double line_height(const Range& y) {
  constexpr double kInches = 12.0 / 72;
  return (y.hi - y.lo) * kInches / (kPanelFigureHeight * (kTop - kBottom));
}

std::string label_commands(const std::vector<EndLabel>& labels, const Range& y) {
  std::vector<double> ends;
  for (const auto& label : labels) ends.push_back(std::clamp(label.y, y.lo, y.hi));
  const auto heights = spread(ends, line_height(y), y.lo, y.hi);
  std::string commands;
  for (std::size_t i = 0; i < labels.size(); ++i)
    commands += fmt::format(
        "set arrow from graph 1.005, first {} to graph 1.03, first {} nohead linewidth 0.8 "
        "linecolor rgb '{}'\nset label '{}' at graph 1.04, first {} left textcolor rgb '{}'\n",
        ends[i], heights[i], labels[i].colour, labels[i].text, heights[i], labels[i].colour);
  return commands;
}

}  // namespace

std::vector<double> spread(const std::vector<double>& wanted, double gap, double lo, double hi) {
  const auto order = ascending(wanted);
  std::vector<Block> blocks;
  for (const std::size_t i : order) {
    blocks.push_back({wanted[i], 1});
    while (blocks.size() > 1) {
      const Block above = blocks.back(), below = blocks[blocks.size() - 2];
      if (below.first(gap, lo, hi) + gap * below.count <= above.first(gap, lo, hi)) break;
      blocks.pop_back();
      blocks.back() = {below.sum + above.sum, below.count + above.count};
    }
  }
  std::vector<double> centres(wanted.size());
  auto next = order.begin();
  for (const Block& block : blocks)
    for (int k = 0; k < block.count; ++k) centres[*next++] = block.first(gap, lo, hi) + gap * k;
  return centres;
}

std::string panel_commands(const Panel& panel) {
  std::vector<EndLabel> labels = panel.labels;
  std::erase_if(labels, [](const EndLabel& label) { return !std::isfinite(label.y); });
  return fmt::format(R"(set lmargin at screen {}; set rmargin at screen {}
set bmargin at screen {}; set tmargin at screen {}
set xrange [{}:{}]; set yrange [{}:{}]
)",
                     kLeft, kRight, kBottom, kTop, panel.x.lo, panel.x.hi, panel.y.lo, panel.y.hi) +
         axis_names(panel.x_label, panel.y_label, 0.11, kPanelFigureHeight) +
         label_commands(labels, panel.y);
}

}  // namespace rc
