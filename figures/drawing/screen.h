// gnuplot's SVG made fit to stand inside an HTML page.
#pragma once

#include <string>
#include <vector>

namespace rc {

/// What the pointer reads, in the order in which gnuplot draws it.
struct TipTexts {
  std::vector<std::string> points;  // a hypertext of gnuplot names its text here by its place
  std::vector<std::string> cells;   // of all heat maps, one a cell
};

/// Figure `name` as a part of a page that may be light or dark and hold other figures:
///
///     <g class="curve" data-curve="layer 2">            what was plotted with a title
///     <g class="tip"><title>layer 2, ...</title>...</g>  in it, an unseen spot around a point
///     <rect class="tip" ...><title>...</title></rect>    in it, a cell of a heat map
///
/// It has no size but its viewBox, and no ground. Ink is the page's currentColor, and greys are
/// mixed from it. Ids begin with the figure's name. The pointer meets nothing but tips.
/// std::logic_error where cells and their texts are not equally many.
std::string for_screen(const std::string& svg, const std::string& name, const TipTexts& texts);

}  // namespace rc
