#include "figures/drawing/cells.h"

#include <cmath>
#include <numeric>

namespace rc {

std::vector<double> halfway_borders(const std::vector<double>& centres) {
  std::vector<double> borders{centres.front()};
  for (std::size_t i = 1; i < centres.size(); ++i)
    borders.push_back(std::midpoint(centres[i - 1], centres[i]));
  borders.push_back(centres.back());
  return borders;
}

std::vector<double> unit_borders(std::size_t count) {
  std::vector<double> borders(count + 1);
  std::iota(borders.begin(), borders.end(), -0.5);
  return borders;
}

Table cells(const std::vector<std::vector<double>>& values, const std::vector<double>& x_borders,
            const std::vector<double>& y_borders) {
  Table rows;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = 0; j < values[i].size(); ++j) {
      if (!std::isfinite(values[i][j])) continue;
      const double left = x_borders[i], right = x_borders[i + 1];
      const double bottom = y_borders[j], top = y_borders[j + 1];
      rows.push_back({std::midpoint(left, right), std::midpoint(bottom, top), left, right, bottom,
                      top, values[i][j]});
    }
  return rows;
}

}  // namespace rc
