// Eigenvalues of the final keys' covariance at the plotted layers, beside those of random
// projections of the same stream and of keys that only share the number of tokens, the gains, or
// each dimension's own distribution.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "figures/drawing/figure.h"
#include "figures/drawing/legend.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kHeight = 2.9, kLeft = 0.62, kRight = 6.4, kBetween = 0.2;  // inches
/// Below this share of the variance a direction is empty to float32 keys: a gap, not a point that
/// stretches the axis.
constexpr double kEmpty = 1e-7;

struct Curve {
  const char* field;
  double key;  // inches that its name takes above the panels
  const char* text;
  const char* look;
  bool optional = false;  // files of before these nulls were measured are drawn without
};

/// In the order of drawing: the keys last, on top.
constexpr Curve kSpectra[] = {
    {"gaussian", 0.9, "Gaussian", "linewidth 1.6 dashtype 2 linecolor rgb grey"},
    {"same_gains", 1.22, "same gains", "linewidth 1.6 linecolor rgb green", true},
    {"permuted", 1.1, "permuted", "linewidth 1.8 dashtype 4 linecolor rgb vermillion", true},
    {"random_projection", 1.68, "random projection", "linewidth 1.6 dashtype 5 linecolor rgb ink",
     true},
    {"value", 1.28, "trained keys", "linewidth 2.2 linecolor rgb blue"}};

/// Mean over seeds of one layer's eigenvalues; the Gaussian null is one for all layers.
Vector spectrum(const std::vector<Field>& ranks, const std::string& field, std::size_t layer,
                std::size_t width) {
  Matrix seeds;
  for (const Field& rank : ranks) {
    const Field values = rank.at("spectra").at(field);
    const auto layers = static_cast<std::size_t>(rank.at("layers").number());
    seeds.push_back(field == "gaussian" ? values.numbers(width)
                                        : values.items(layers).at(layer).numbers(width));
  }
  Vector shares = mean_curve(seeds);
  for (double& share : shares)
    if (share < kEmpty) share = std::numeric_limits<double>::quiet_NaN();
  return shares;
}

std::vector<Curve> measured(const std::vector<Field>& ranks) {
  std::vector<Curve> curves;
  for (const Curve& curve : kSpectra) {
    const bool everywhere = std::ranges::all_of(
        ranks, [&](const Field& rank) { return rank.at("spectra").find(curve.field).has_value(); });
    if (everywhere || !curve.optional) curves.push_back(curve);
  }
  return curves;
}

/// The first index, and quarters of all.
std::string tics(std::size_t width) {
  const std::size_t quarter = std::max<std::size_t>(width / 4, 1);
  std::string list = "1";
  for (std::size_t i = std::max<std::size_t>(quarter, 2); i <= width; i += quarter)
    list += fmt::format(", {}", i);
  return list;
}

/// From the left, the keys first.
std::string key(const std::vector<Curve>& curves) {
  double left = 0.1;
  std::string commands;
  for (auto curve = curves.rbegin(); curve != curves.rend(); ++curve) {
    commands += legend_entry({left, 1 - 0.13 / kHeight, curve->look, "", curve->text});
    left += curve->key;
  }
  return commands;
}

/// `shares` of the variance, a spectrum a curve.
std::string panel(const std::vector<Curve>& curves, std::size_t layer, const Vector& index,
                  const Matrix& shares, const Frame& frame, std::size_t seeds, Figure& figure) {
  figure.tables[fmt::format("layer_{}", layer)] = columns(index, shares);
  std::string plot;
  for (std::size_t i = 0; i < curves.size(); ++i)
    plot += fmt::format("{}$layer_{} using 1:{} with lines {}{}", i == 0 ? "plot " : ", ", layer,
                        i + 2, curves[i].look, titled(curves[i].text)) +
            tips(figure, {.curve = curves[i].text,
                          .where = fmt::format("layer {}, eigenvalue {{}}", layer),
                          .what = "{} of the variance",
                          .x = index,
                          .y = shares[i],
                          .seeds = seeds});
  const bool first = frame.left == kLeft;
  return margins(frame) +
         axis_names("index of the eigenvalue", first ? "share of the variance" : "", 0.11,
                    kHeight) +
         fmt::format(
             "set label 'layer {}' at graph 0.5, 1.06 center textcolor rgb ink\n"
             "set format y '{}'\n",
             layer, first ? "10^{%T}" : "") +
         plot + "\nunset label; unset arrow\n";
}

Figure describe(const Context& context) {
  const auto ranks = main_arm(context);
  const std::size_t width = ranks.front().at("spectra").at("gaussian").items().size();
  const auto layers = plotted_layers(ranks.front());
  const auto curves = measured(ranks);
  Vector index(width);
  std::iota(index.begin(), index.end(), 1);

  Figure figure{.height = kHeight};
  Matrix shown;
  std::string panels;
  const auto count = static_cast<double>(layers.size());
  Frame frame{kLeft, 0, 0.47, kHeight - 0.5, kHeight};
  for (const std::size_t layer : layers) {
    Matrix spectra;
    for (const Curve& curve : curves) spectra.push_back(spectrum(ranks, curve.field, layer, width));
    shown.insert(shown.end(), spectra.begin(), spectra.end());
    frame.right = frame.left + (kRight - kLeft - (count - 1) * kBetween) / count;
    panels += panel(curves, layer, index, spectra, frame, ranks.size(), figure);
    frame.left = frame.right + kBetween;
  }
  const auto [least, greatest] = extremes(shown);
  figure.commands = fmt::format(
      R"(set multiplot
set logscale y
set xrange [0:{}]; set yrange [{}:{}] noextend
set xtics ({})
{}{}unset multiplot
)",
      width + 1, least / 1.5, 1.5 * greatest, tics(width), key(curves), panels);
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) { return rc::figure_main({"spectra", "spectra of the keys against their nulls", "measure-rank"}, argc, argv, rc::describe); }
