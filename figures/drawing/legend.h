// The names of curves that several panels share. gnuplot's own key cannot span panels.
#pragma once

#include <string>

namespace rc {

struct LegendEntry {
  double left;        // inches from the figure's left edge
  double height;      // share of the figure's
  std::string line;   // how `set arrow` draws it
  std::string point;  // how `set label` draws its mark; none where empty
  std::string text;
};

/// gnuplot commands for a piece of the curve and its name at its right.
std::string legend_entry(const LegendEntry& entry);

}  // namespace rc
