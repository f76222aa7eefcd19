// What cutting most of the key dimensions costs easy tokens and hard ones: the order of the
// original beside random dimensions.
#include <fmt/core.h>

#include <algorithm>

#include "figures/drawing/figure.h"
#include "figures/drawing/loss_rise.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr const char *kDrawn = "random", *kLowest = "lowest gain first";
constexpr double kAside = 0.06;  // deciles, so that the two intervals do not hide each other

/// Each decile over the mean loss of its tokens.
std::string tics(const Vector& deciles, const Vector& token_loss) {
  std::string list;
  for (std::size_t i = 0; i < deciles.size(); ++i)
    list += fmt::format("{}\"{}\\n{{/*0.85 {:.2g}}}\" {}", i == 0 ? "" : ", ", deciles[i],
                        token_loss[i], deciles[i]);
  return fmt::format("set xtics ({})\n", list);
}

Figure describe(const Context& context) {
  const auto found = Field::open(context.output_of("collect", ".json")).find("difficulty");
  if (!found)
    return sentence("Which tokens are hard takes another seed to tell: make report SEEDS=\"0 1\"");
  const Field& difficulty = *found;
  const Vector deciles = difficulty.at("decile").numbers();
  const Vector token_loss = difficulty.at("token_loss").numbers(deciles.size());
  const Order lowest = read_order({difficulty.at("low_gain")}, "rise", deciles.size());
  const Order drawn = read_order({difficulty.at("random")}, "rise", deciles.size());
  const auto rises =
      with_room(extremes({{0}, lowest.rise, lowest.lo, lowest.hi, drawn.rise, drawn.lo, drawn.hi}),
                0.05, 0.001);

  Figure figure{.height = kPanelFigureHeight};
  figure.tables["low_gain"] = columns(deciles, {lowest.rise, lowest.lo, lowest.hi});
  figure.tables["random"] = columns(deciles, {drawn.rise, drawn.lo, drawn.hi});
  figure.commands = panel_commands(
      {.x_label =
           "decile of tokens by another seed’s loss, and mean loss before the cut (nats/token)",
       .y_label = fmt::format("rise of loss with {} % cut (nats/token)",
                              difficulty.at("percent").number()),
       .x = {deciles.front() - 0.5, deciles.back() + 0.5},
       .y = rises,
       .labels = {{drawn.rise.back(), kDrawn, kGreen}, {lowest.rise.back(), kLowest, kBlue}},
       .frame = {.bottom = 0.62}});
  figure.commands += tics(deciles, token_loss);
  figure.commands += fmt::format(
      R"(plot 0 with lines linewidth 0.8 linecolor rgb ink, \
  $random using ($1 + {0}):2:3:4 with yerrorlines pointtype 9 pointsize 0.55 linewidth 1.4 linecolor rgb green{1}, \
  $low_gain using ($1 - {0}):2:3:4 with yerrorlines pointtype 7 pointsize 0.5 linewidth 1.4 linecolor rgb blue{2})",
      kAside, titled(kDrawn), titled(kLowest));
  const auto points = [&](const char* curve, const Order& order, double aside) {
    return tips(figure, {.curve = curve,
                         .where = "decile {}",
                         .what = "{} nats/token",
                         .x = deciles,
                         .y = order.rise,
                         .lo = order.lo,
                         .hi = order.hi,
                         .aside = aside});
  };
  figure.commands += points(kDrawn, drawn, kAside) + points(kLowest, lowest, -kAside) + '\n';
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main(
      {"difficulty_deciles", "what surgery costs easy and hard tokens", "collect"}, argc, argv,
      rc::describe);
}
