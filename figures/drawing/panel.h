// A panel of curves that are named where they end, at its right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rc {

/// Centres of intervals of length `gap`, in the order of `wanted`, moved as little as needed (least
/// squares) so that they neither overlap nor leave [lo, hi], where there is room for all.
std::vector<double> spread(const std::vector<double>& wanted, double gap, double lo, double hi);

/// A curve's name and the height at which it ends.
struct EndLabel {
  double y;
  std::string text;
  std::string_view colour;
};

/// Least and greatest value an axis shows.
struct Range {
  double lo = 0;
  double hi = 1;
};

/// What `span` covers, with room on both sides: `share` of its length, and not less than `least`.
Range with_room(std::pair<double, double> span, double share, double least);

inline constexpr double kPanelFigureHeight = 3.4;  // inches

/// Where a panel lies: inches from the figure's left and lower edge, and the figure's height. The
/// default leaves room for labels in a figure of one panel.
struct Frame {
  double left = 0.52, right = 4.94;
  double bottom = 0.476, top = 3.298;
  double height = kPanelFigureHeight;
};

/// gnuplot's margins for it.
std::string margins(const Frame& frame);

/// Distance of tics that are 1, 2 or 5 times a power of ten and about `count` in all. gnuplot's own
/// choice crowds a narrow panel.
double tic_distance(double length, int count);

struct Panel {
  std::string x_label, y_label;
  Range x = {}, y = {};
  std::vector<EndLabel> labels;
  Frame frame = {};
  double y_label_at = 0.11;  // inches from the figure's left edge
};

/// gnuplot commands for margins, axes and labels; the labels stand spread, each tied to its curve.
std::string panel_commands(const Panel& panel);

}  // namespace rc
