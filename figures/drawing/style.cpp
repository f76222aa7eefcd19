#include "figures/drawing/style.h"

#include <fmt/format.h>

#include <span>

namespace rc {
namespace {

/// Every 17th of the 256 colours.
constexpr std::array kViridis = {"#440154", "#481A6C", "#472F7D", "#414487", "#39568C", "#31688E",
                                 "#2A788E", "#23888E", "#1F988B", "#22A884", "#35B779", "#54C568",
                                 "#7AD151", "#A5DB36", "#D2E21B", "#FDE725"};
constexpr std::array kCividis = {"#00224E", "#002E6C", "#1E3A6F", "#35456C", "#47516C", "#575D6D",
                                 "#666970", "#757575", "#848279", "#948E77", "#A59C74", "#B7A96E",
                                 "#C8B866", "#DBC75A", "#EED649", "#FEE838"};
constexpr std::array kBlueToRed = {"#053061", "#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#F7F7F7",
                                   "#FDDBC7", "#F4A582", "#D6604D", "#B2182B", "#67001F"};

std::string palette(std::span<const char* const> knots) {
  std::string list;
  for (std::size_t i = 0; i < knots.size(); ++i)
    list += fmt::format("{}{} '{}'", i == 0 ? "" : ", ", i, knots[i]);
  return "set palette defined (" + list + ")\n";
}

}  // namespace

std::string style() {
  std::string commands = "set encoding utf8\nset minussign\n";
  for (const auto& [name, colour] : {std::pair{"blue", kBlue},
                                     {"vermillion", kVermillion},
                                     {"green", kGreen},
                                     {"grey", kGrey},
                                     {"ink", kInk},
                                     {"pale", kPale},
                                     {"grid", kGrid}})
    commands += fmt::format("{} = '{}'\n", name, colour);
  return commands + R"(
set border 3 back linewidth 0.8 linecolor rgb ink
set tics nomirror out scale 0.6 textcolor rgb ink
set grid back linewidth 0.6 linecolor rgb grid linetype 1, linewidth 0.6 linecolor rgb grid linetype 1
set xtics offset 0,0.4
set ytics offset 0.4,0
set format '%g'
set key off noautotitle
set bars 0.6
)";
}

// Labels 101 to 103: gnuplot counts the labels that have no number of their own from 1.
std::string axis_names(std::string_view x, std::string_view y, double y_inches, double height) {
  constexpr double kFromBottom = 0.11;  // inches
  return fmt::format(
      "set label 101 \"{}\" at graph 0.5, screen {} center textcolor rgb ink\n"
      "set label 102 \"{}\" at screen {}, graph 0.5 center rotate textcolor rgb ink\n",
      x, kFromBottom / height, y, y_inches / kColumnWidth);
}

std::string side_name(std::string_view name, double inches) {
  return fmt::format("set label 103 '{}' at screen {}, graph 0.5 center rotate textcolor rgb ink\n",
                     name, inches / kColumnWidth);
}

std::string viridis() { return palette(kViridis); }
std::string cividis() { return palette(kCividis); }
std::string blue_to_red() { return palette(kBlueToRed); }

}  // namespace rc
