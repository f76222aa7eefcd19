// Heat maps as rectangles.
#pragma once

#include <string_view>
#include <vector>

#include "figures/drawing/gnuplot.h"

namespace rc {

/// Borders of cells around `centres` (increasing): halfway between neighbours, and the first and
/// last centre themselves. One border more than centres.
std::vector<double> halfway_borders(const std::vector<double>& centres);

/// Borders of `count` cells of length 1, the first centred on 0.
std::vector<double> unit_borders(std::size_t count);

/// Rows {x, y, x lo, x hi, y lo, y hi, value} for kCells: values[i][j] fills the cell between
/// x_borders i and i + 1, y_borders j and j + 1. A cell without a finite value is left out.
Table cells(const std::vector<std::vector<double>>& values, const std::vector<double>& x_borders,
            const std::vector<double>& y_borders);

/// How gnuplot draws such rows. Rectangles, not pixels: no viewer then blurs them; the outline of
/// the cell's own colour closes the hairlines that viewers leave between neighbours.
inline constexpr std::string_view kCells =
    "using 1:2:3:4:5:6:7 with boxxyerror linecolor palette linewidth 0.6 fillstyle solid 1.0 "
    "border";

}  // namespace rc
