// How alike two layers' key gains are by how far apart they lie: raw cosine, which any positive
// vectors score high on, beside Pearson's correlation and what shuffled gains would give it.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr const char *kCosine = "cosine, raw gains", *kPearson = "Pearson, centred",
                     *kShuffles = "95 % of shuffles";

/// One curve of every seed.
Matrix curves(const std::vector<Field>& correlations, const char* name, std::size_t distances) {
  Matrix seeds;
  for (const Field& correlation : correlations)
    seeds.push_back(correlation.at("by_distance").at(name).numbers(distances));
  return seeds;
}

/// Where the curve ends; NaN, which is not labelled, where it has no value at all.
double end_of(const Vector& curve) {
  const auto last =
      std::find_if(curve.rbegin(), curve.rend(), [](double value) { return std::isfinite(value); });
  return last == curve.rend() ? std::nan("") : *last;
}

/// In the middle of the band.
std::string null_tips(Figure& figure, const Vector& distance, const Vector& lo, const Vector& hi) {
  std::vector<Tip> points;
  for (std::size_t i = 0; i < distance.size(); ++i)
    if (std::isfinite(lo[i]) && std::isfinite(hi[i]))
      points.push_back({distance[i], std::midpoint(lo[i], hi[i]),
                        fmt::format("{}, distance {}\n{} to {}", kShuffles, distance[i],
                                    shown(lo[i]), shown(hi[i]))});
  return tips(figure, kShuffles, points);
}

Figure describe(const Context& context) {
  const auto correlations = main_arm(context);
  if (!has_gains(correlations.front())) return sentence(kNoGains);
  const Vector distance = correlations.front().at("by_distance").at("distance").numbers();
  const auto read = [&](const char* name) { return curves(correlations, name, distance.size()); };
  const Vector cosine = mean_curve(read("cosine")), pearson = mean_curve(read("pearson"));
  const Vector lo = lowest_curve(read("null_lo")), hi = highest_curve(read("null_hi"));
  const double least = extremes({cosine, pearson, lo, {0}}).first;

  Figure figure{.height = kPanelFigureHeight};
  figure.tables["agreement"] = columns(distance, {cosine, pearson, lo, hi});
  figure.commands = panel_commands({.x_label = "distance of two layers (layers)",
                                    .y_label = "mean agreement of their key gains",
                                    .x = {0, distance.back() + 0.5},
                                    .y = {std::floor(10 * least - 0.5) / 10, 1.05},
                                    .labels = {{end_of(cosine), kCosine, kVermillion},
                                               {end_of(pearson), kPearson, kBlue},
                                               {(end_of(lo) + end_of(hi)) / 2, kShuffles, kGrey}}});
  figure.commands += fmt::format(
      R"(set style fill transparent solid 0.25 noborder
set xtics 0,{}
plot $agreement using 1:4:5 with filledcurves linecolor rgb grey{}, \
  0 with lines linewidth 0.8 linecolor rgb ink, \
  $agreement using 1:2 with linespoints pointtype 5 pointsize 0.4 linewidth 1.6 linecolor rgb vermillion{}, \
  $agreement using 1:3 with linespoints pointtype 7 pointsize 0.45 linewidth 1.6 linecolor rgb blue{})",
      std::max(1.0, tic_distance(distance.back(), 8)), titled(kShuffles), titled(kCosine),
      titled(kPearson));
  const auto points = [&](const char* curve, const Vector& y) {
    return tips(figure, {.curve = curve,
                         .where = "distance {}",
                         .what = "{}",
                         .x = distance,
                         .y = y,
                         .seeds = correlations.size()});
  };
  figure.commands += null_tips(figure, distance, lo, hi) + points(kCosine, cosine) +
                     points(kPearson, pearson) + '\n';
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"correlation_by_distance", "agreement of the layers by their distance", "correlate"}, argc,
      argv, rc::describe);
}
