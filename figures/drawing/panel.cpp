#include "figures/drawing/panel.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "figures/drawing/style.h"

namespace rc {
namespace {

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
double line_height(const Range& y, const Frame& frame) {
  constexpr double kInches = 12.0 / 72;
  return (y.hi - y.lo) * kInches / (frame.top - frame.bottom);
}

/// Names at the right of the panel, each tied to the end of its curve by a short line.
std::string label_commands(const std::vector<EndLabel>& labels, const Range& y,
                           const Frame& frame) {
  const auto right_of = [&](double inches) { return 1 + inches / (frame.right - frame.left); };
  std::vector<double> ends;
  for (const auto& label : labels) ends.push_back(std::clamp(label.y, y.lo, y.hi));
  const auto heights = spread(ends, line_height(y, frame), y.lo, y.hi);
  std::string commands;
  for (std::size_t i = 0; i < labels.size(); ++i)
    commands += fmt::format(
        "set arrow from graph {5:.4g}, first {0} to graph {6:.4g}, first {1} nohead linewidth 0.8 "
        "linecolor rgb '{2}'\nset label '{3}' at graph {4:.4g}, first {1} left textcolor rgb "
        "'{2}'\n",
        ends[i], heights[i], labels[i].colour, labels[i].text, right_of(0.177), right_of(0.022),
        right_of(0.133));
  return commands;
}

}  // namespace

Range with_room(std::pair<double, double> span, double share, double least) {
  const double room = std::max(share * (span.second - span.first), least);
  return {span.first - room, span.second + room};
}

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

std::string margins(const Frame& frame) {
  return fmt::format(
      "set lmargin at screen {:.4f}; set rmargin at screen {:.4f}\n"
      "set bmargin at screen {:.4f}; set tmargin at screen {:.4f}\n",
      frame.left / kColumnWidth, frame.right / kColumnWidth, frame.bottom / frame.height,
      frame.top / frame.height);
}

double tic_distance(double length, int count) {
  const double least = length / count, power = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1, 2, 5})
    if (step * power >= 0.999 * least) return step * power;
  return 10 * power;
}

std::string panel_commands(const Panel& panel) {
  std::vector<EndLabel> labels = panel.labels;
  std::erase_if(labels, [](const EndLabel& label) { return !std::isfinite(label.y); });
  return margins(panel.frame) +
         fmt::format("set xrange [{}:{}]; set yrange [{}:{}]\n", panel.x.lo, panel.x.hi, panel.y.lo,
                     panel.y.hi) +
         axis_names(panel.x_label, panel.y_label, panel.y_label_at, panel.frame.height) +
         label_commands(labels, panel.y, panel.frame);
}

}  // namespace rc
