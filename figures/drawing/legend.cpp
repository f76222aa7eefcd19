#include "figures/drawing/legend.h"

#include <fmt/core.h>

#include "figures/drawing/style.h"

namespace rc {

std::string legend_entry(const LegendEntry& entry) {
  const double left = entry.left / kColumnWidth, width = 0.3 / kColumnWidth;
  return fmt::format(
      "set arrow from screen {0}, {1} rto screen {2}, 0 nohead {3}\n"
      "set label '' at screen {4}, {1} {5}\n"
      "set label '{6}' at screen {7}, {1} left textcolor rgb ink\n",
      left, entry.height, width, entry.line, left + width / 2, entry.point, entry.text,
      left + 1.4 * width);
}

}  // namespace rc
