#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "bench/growth/table.h"
#include "bench/growth/theory.h"
#include "pipeline/error.h"
#include "pipeline/files/command.h"

namespace rc {
namespace {

constexpr double kWide = 1060, kHigh = 512;  // pixels
constexpr double kLeft = 62, kColumn = 250, kPlot = 126, kTop = 54, kRow = 230, kPlotHigh = 178;
constexpr const char* kColours[] = {"#0072B2", "#D55E00", "#009E73"};  // those of the figures

struct Limits {
  double lo, hi;
};

/// Values as the axes have them: seconds, megabytes.
std::vector<double> drawn(const Growth& growth, Measure measure) {
  auto values = least(growth, measure);
  if (measure == Measure::kMemory)
    for (double& value : values) value /= 1e6;
  return values;
}

/// What theory counts, through the last point; of memory also through the first of those fitted, as
/// what a library holds is not counted.
std::vector<double> expected(const Growth& growth, Measure measure) {
  const auto counted = measure == Measure::kTime ? counted_operations : counted_bytes;
  const auto values = drawn(growth, measure);
  std::vector<double> line;
  for (int p = 0; p < kGrowthPoints; ++p)
    line.push_back(counted(growth.stage, growth.quantity.at(p)));
  const double last = line.back(), base = measure == Measure::kTime ? 0 : line[kFirstFitted];
  const double from = measure == Measure::kTime ? 0 : values[kFirstFitted];
  for (double& value : line)
    value = last > base ? from + (values.back() - from) * (value - base) / (last - base)
                        : values.back();
  return line;
}

Limits limits_of(const std::vector<Growth>& all, Measure measure) {
  Limits limits{INFINITY, 0};
  for (const auto& growth : all)
    for (const double value : drawn(growth, measure))
      limits = {std::min(limits.lo, value), std::max(limits.hi, value)};
  return {limits.lo / 1.3, limits.hi * 1.3};
}

/// Heights of names beside the ends of their lines, as shares of the axis; where two would touch,
/// the lower gives way.
std::vector<double> heights(std::vector<double> ends, const Limits& y) {
  constexpr double kGap = 15 / kPlotHigh;
  for (double& end : ends) end = std::log(end / y.lo) / std::log(y.hi / y.lo);
  std::vector<std::size_t> order(ends.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, std::greater{}, [&](std::size_t i) { return ends[i]; });
  for (std::size_t i = 1; i < order.size(); ++i)
    ends[order[i]] = std::min(ends[order[i]], ends[order[i - 1]] - kGap);
  return ends;
}

std::string block(const std::string& name, const Growth& growth, Measure measure) {
  std::string text = "$" + name + " << e\n";
  const auto values = drawn(growth, measure), theory = expected(growth, measure);
  for (int p = 0; p < kGrowthPoints; ++p)
    text += fmt::format("{} {} {}\n", growth.quantity.value(p), values[static_cast<std::size_t>(p)],
                        theory[static_cast<std::size_t>(p)]);
  return text + "e\n";
}

std::string title_of(const Quantity& quantity) {
  if (quantity.name == "tokens") return "tokens (training steps)";
  return quantity.name == "width" ? "width (d_{model})" : quantity.name;
}

std::string ticks_of(const Quantity& quantity) {
  std::string ticks;
  for (int p = 0; p < kGrowthPoints; p += 2) {
    if (p > 0) ticks += ", ";
    ticks += std::to_string(quantity.value(p));
  }
  return ticks;
}

std::string name_of_line(const Growth& growth, Measure measure) {
  if (const auto exponent = measured_exponent(growth, measure))
    return fmt::format("{} {:.2f}", growth.stage, exponent->value);
  return growth.stage + (is_flat(growth) ? " flat" : "");
}

std::string panel(const std::vector<Growth>& stages, int column, Measure measure, const Limits& y) {
  const int row = measure == Measure::kTime ? 0 : 1;
  const auto& quantity = stages.front().quantity;
  const double left = kLeft + column * kColumn, top = kHigh - kTop - row * kRow;
  const auto ticks = ticks_of(quantity);
  std::string text = fmt::format(
      "set lmargin at screen {}; set rmargin at screen {}; set tmargin at screen {}; set bmargin "
      "at "
      "screen {}\nset xrange [{}:{}]; set yrange [{}:{}]; set xtics ({})\nset format y {}\nunset "
      "label\n",
      left / kWide, (left + kPlot) / kWide, top / kHigh, (top - kPlotHigh) / kHigh,
      static_cast<double>(quantity.value(0)) / 1.15,
      static_cast<double>(quantity.value(kGrowthPoints - 1)) * 1.15, y.lo, y.hi, ticks,
      column == 0 ? "'%g'; set ytics scale 0.6" : "''; set ytics scale 0");
  text += measure == Measure::kTime ? "set ytics (0.1, 0.3, 1, 3, 10, 30, 100)\n"
                                    : "set ytics (200, 300, 500, 700, 1000)\n";
  if (row == 0)
    text += fmt::format("set label \"{}\" at graph 0, graph 1.09 left font ',12'\n",
                        title_of(quantity));
  std::string curves;
  std::vector<double> ends;
  for (const auto& growth : stages) ends.push_back(drawn(growth, measure).back());
  const auto at = heights(ends, y);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto name = fmt::format("s{}_{}_{}", row, column, i);
    text += block(name, stages[i], measure);
    text += fmt::format("set label \"{}\" at graph 1.05, graph {:.4f} left textcolor rgb '{}'\n",
                        name_of_line(stages[i], measure), at[i], kColours[i]);
    curves += fmt::format(
        "{0}${1} using 1:3 with lines dashtype (5,4) linewidth 1 linecolor rgb '{2}', ${1} "
        "using 1:2 "
        "with linespoints pointtype 7 pointsize 0.45 linewidth 2 linecolor rgb '{2}'",
        i == 0 ? "" : ", ", name, kColours[i]);
  }
  return text + "plot " + curves + "\n";
}

constexpr auto kStyle = R"(
set encoding utf8
set logscale xy
set border 3 back linewidth 0.8 linecolor rgb '#222222'
set tics nomirror out scale 0.6 textcolor rgb '#222222'
set grid back linewidth 0.6 linecolor rgb '#E3E3E3' linetype 1
set key off
set mxtics 1; set mytics 1
)";

std::string words() {
  const auto rotated = [](const char* text, double from_top) {
    return fmt::format("set label \"{}\" at screen {}, screen {} center rotate\n", text, 14 / kWide,
                       (kHigh - from_top) / kHigh);
  };
  return "set label \"What a doubling costs: colour and number are measured (exponent of the upper "
         "three "
         "points), dashes what theory counts\" at screen 0.01, screen 0.965 left font ',13'\n" +
         rotated("seconds", kTop + kPlotHigh / 2) +
         rotated("peak memory, MB", kTop + kRow + kPlotHigh / 2) +
         "set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin "
         "at screen 1\n"
         "unset border; unset tics; unset grid\nset xrange [1:2]; set yrange [1:2]\nplot NaN\n";
}

}  // namespace

std::string growth_picture(const std::vector<Growth>& all) {
  std::vector<std::vector<Growth>> columns;
  std::vector<Growth> shared;
  for (const auto& growth : all) {
    if (growth.quantity.train_alone) continue;
    if (growth.stage == kGrowthStages.front()) columns.emplace_back();
    columns.back().push_back(growth);
    shared.push_back(growth);
  }
  std::string commands = fmt::format(
      "set terminal svg size {},{} font 'DejaVu Sans,11' background rgb 'white'\nset multiplot\n{}",
      kWide, kHigh, kStyle);
  for (const auto measure : {Measure::kTime, Measure::kMemory})
    for (std::size_t c = 0; c < columns.size(); ++c)
      commands += panel(columns[c], static_cast<int>(c), measure, limits_of(shared, measure));
  const auto result = run_command({.program = "gnuplot",
                                   .arguments = {"--default-settings"},
                                   .input = commands + "unset label\n" + words()});
  if (result.status != 0) throw UserError("gnuplot failed: " + result.errors);
  return result.output;
}

}  // namespace rc
