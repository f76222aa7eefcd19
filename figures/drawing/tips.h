// What the pointer reads at the points of a figure on screen.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "figures/drawing/field.h"
#include "figures/drawing/figure.h"

namespace rc {

/// " title '...'": of which curve an element of a plot command is a part. A page switches a curve
/// on and off by its name, in all panels at once.
std::string titled(const std::string& curve);

/// About four digits, with the signs of print: "13.63", "−0.004", "1.2·10⁻⁵".
std::string shown(double value);

/// "1.5 (1.2 to 1.7)"; the value alone where the interval is no more than that.
std::string shown(double value, double lo, double hi);

/// A point, where it lies on the axes.
struct Tip {
  double x, y;
  std::string text;
};

/// For the end of a plot command or of an element in it: tips of a curve, drawn on screen alone.
std::string tips(Figure& figure, const std::string& curve, const std::vector<Tip>& points);

/// Measured points of a curve, each of which reads "layer 2, step 8" and below that "13.6
/// dimensions, mean of 3 seeds".
struct Measured {
  std::string curve;        // "layer 2"
  std::string where;        // "step {}", of x
  std::string what;         // "{} dimensions", of y and its interval
  Vector x, y;              // a point without a finite y has no tip
  Vector lo = {}, hi = {};  // ends of the interval, where there is one
  std::size_t seeds = 1;    // whose mean y is
  double aside = 0;         // how far right of x it is drawn
  std::function<double(double)> place = [](double value) { return value; };  // of y on the axis
};
std::string tips(Figure& figure, const Measured& measured);

/// Tips of the cells that cells.h makes of `values`; `text` of row and column.
void cell_tips(Figure& figure, const Matrix& values,
               const std::function<std::string(std::size_t, std::size_t)>& text);

}  // namespace rc
