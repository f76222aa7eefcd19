// What all figures share: font, colours, axes.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace rc {

inline constexpr double kColumnWidth = 6.5;  // inches: that of a text column, and of every figure

inline constexpr std::string_view kFont = "DejaVu Sans";

/// Okabe and Ito's colours for lines: told apart by readers of every kind of colour vision.
inline constexpr std::string_view kBlue = "#0072B2", kVermillion = "#D55E00", kGreen = "#009E73",
                                  kOrange = "#E69F00", kPurple = "#CC79A7", kSky = "#56B4E9";
/// Lines to compare with (nulls, caps, floors), and text.
inline constexpr std::string_view kGrey = "#666666", kInk = "#222222";
/// A legend's sample of a band, and the grid.
inline constexpr std::string_view kPale = "#D0D0D0", kGrid = "#E3E3E3";

/// The order in which curves of one kind take their colours.
inline constexpr std::array kCurves = {kBlue, kVermillion, kGreen, kPurple, kOrange, kSky};

/// gnuplot commands at the head of every figure: two axes, light grid, no key and no titles but
/// those of tips.h; colours as variables (blue, vermillion, green, grey, ink, pale, grid).
std::string style();

/// Names of the axes of the current panel: below it, and turned, centred `y_inches` from the left
/// edge, in a figure `height` inches high; \n begins another line. gnuplot's own xlabel and ylabel
/// keep a distance that differs between formats.
std::string axis_names(std::string_view x, std::string_view y, double y_inches, double height);

/// A name for a colour bar or a right axis, turned, `inches` from the left edge.
std::string side_name(std::string_view name, double inches);

/// `set palette` commands. Sequential: viridis (S. van der Walt, N. Smith 2015) and cividis (Nunez,
/// Anderton, Renslow 2018). Diverging: blue to red over white (ColorBrewer's RdBu).
std::string viridis();
std::string cividis();
std::string blue_to_red();

}  // namespace rc
