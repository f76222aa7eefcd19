// Validation loss of every arm. Arms differ by hundredths of a nat, which a curve from 8 to 3 nats
// cannot show: beside it stands how far each lies above the main arm at the same step.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr Frame kOverview{.left = 0.52, .right = 2.12}, kDifference{.left = 2.86, .right = 4.56};
constexpr double kMostShown = 0.15;  // nats: what an arm far off may stretch the axis by

/// How a curve is drawn.
struct Look {
  std::string_view colour;
  int dashes;
};
constexpr Look kMain{kInk, 1}, kOther{kInk, 2};

/// Of the arms between: each colour once, then again with other dashes.
Look look_at(std::size_t place) {
  constexpr std::array kColours = {kVermillion, kBlue, kGreen, kPurple, kOrange, kSky};
  return {kColours[place % kColours.size()], 1 + static_cast<int>(place / kColours.size())};
}

/// Its labels are its inputs: it learns to repeat them, and its loss says nothing of the others'.
bool is_of_another_task(const Arm& arm) { return arm.seeds.front().at("labels").text() == "same"; }

struct Curve {
  std::string name;
  bool comparable;  // with the main arm at the same step
  Look look;
  Vector steps;
  Vector loss;   // mean over seeds, nats a token
  Vector above;  // the same less the main arm's, each seed with its own; 0 where not comparable
  double final;  // what tables say: over the last regular checkpoints, mean over seeds
  std::size_t seeds;

  std::string label(int decimals) const {
    return fmt::format("{}, {:.{}f}", shown_name(name), final, decimals);
  }
  std::string drawn(const char* y, double width) const {
    return fmt::format("${} using 1:({}) with lines linewidth {} dashtype {} linecolor rgb '{}'{}",
                       name, y, width, look.dashes, look.colour, titled(shown_name(name)));
  }
  std::string points(Figure& figure, const Vector& y, const std::string& what) const {
    return tips(figure, {.curve = shown_name(name),
                         .where = "step {}",
                         .what = what,
                         .x = steps,
                         .y = y,
                         .seeds = seeds});
  }
};

Vector steps_of(const Arm& arm) { return arm.seeds.front().at("validation").at("step").numbers(); }

/// Of the main arm's task and looked at after the same `steps`: a longer or shorter run is not.
bool is_comparable(const Arm& arm, const Vector& steps) {
  return !is_of_another_task(arm) && steps_of(arm) == steps;
}

/// [seed][step], nats a token.
Matrix losses(const Arm& arm, std::size_t steps) {
  Matrix seeds;
  for (const Field& train : arm.seeds)
    seeds.push_back(train.at("validation").at("loss").numbers(steps));
  return seeds;
}

double final_loss(const Arm& arm) {
  Vector seeds;
  for (const Field& train : arm.seeds)
    seeds.push_back(train.at("numbers").at("loss").at("value").number());
  return mean(seeds);
}

Curve curve(const Arm& arm, bool comparable, const Look& look, const Matrix& main) {
  const Vector steps = steps_of(arm);
  const Matrix seeds = losses(arm, steps.size());
  Matrix above = seeds;
  for (std::size_t s = 0; s < above.size(); ++s)
    for (std::size_t i = 0; i < above[s].size(); ++i)
      above[s][i] = comparable ? above[s][i] - main.at(s)[i] : 0;
  return {arm.name,          comparable,      look,        steps, mean_curve(seeds),
          mean_curve(above), final_loss(arm), seeds.size()};
}

/// How many points of a curve lie at `last` or before it.
std::size_t shown_points(const Curve& curve, double last) {
  const auto end = std::ranges::upper_bound(curve.steps, last);
  return static_cast<std::size_t>(end - curve.steps.begin());
}

/// Name and final loss where a curve ends that is shorter than the main arm's.
std::string label_on_curve(const Curve& curve, double last) {
  return fmt::format("set label '{}' at first {}, first {} {} offset 0.6,0.5 textcolor rgb ink\n",
                     curve.label(2), curve.steps.back(), curve.loss.back(),
                     2 * curve.steps.back() > last ? "right" : "left");
}

/// Of curves that go on beyond the axis, where no curve is: line `line` of the upper right corner.
std::string label_in_corner(const Curve& curve, std::size_t line) {
  return fmt::format(
      "set label '{} at step {:.0f}' at graph 0.98, graph {} right textcolor rgb ink\n",
      curve.label(2), curve.steps.back(), 0.95 - 0.08 * static_cast<double>(line));
}

/// The losses themselves, every arm's, over the main arm's `steps`.
std::string overview(const std::vector<Curve>& curves, const Vector& steps, bool alone,
                     Figure& figure) {
  Matrix shown;
  for (const Curve& curve : curves) {
    const auto points = static_cast<std::ptrdiff_t>(shown_points(curve, steps.back()));
    shown.push_back({curve.loss.begin(), curve.loss.begin() + points});
  }
  const auto [least, greatest] = extremes(shown);
  Panel panel{.x_label = "optimizer step",
              .y_label = "validation loss (nats/token)",
              .x = {0, steps.back()},
              .y = {std::max(0.0, std::floor(least - 0.1)), std::ceil(greatest + 0.01)},
              .frame = alone ? Frame{} : kOverview};
  std::string labels, plot;
  std::size_t longer = 0;
  for (const Curve& curve : curves) {
    plot += (plot.empty() ? "plot " : ", ") + curve.drawn("$2", alone ? 2 : 1.3) +
            curve.points(figure, curve.loss, "{} nats/token");
    if (alone)
      panel.labels.push_back({curve.loss.back(), curve.label(3), curve.look.colour});
    else if (curve.steps.back() > steps.back())
      labels += label_in_corner(curve, longer++);
    else if (!curve.comparable)
      labels += label_on_curve(curve, steps.back());
  }
  return panel_commands(panel) +
         fmt::format("set xtics 0,{}\n", tic_distance(steps.back(), alone ? 8 : 4)) + labels +
         plot + '\n';
}

/// What the second half of training spans, in 10^-3 nats: in the first, arms part and meet again.
Range late_range(const std::vector<Curve>& curves, const Vector& steps) {
  Matrix late{{0}};
  for (const Curve& curve : curves)
    for (std::size_t i = 0; i < steps.size(); ++i)
      if (2 * steps[i] >= steps.back()) late.push_back({curve.above[i]});
  auto [least, greatest] = extremes(late);
  least = std::max(least, -kMostShown);
  greatest = std::min(greatest, kMostShown);
  const auto shown = with_room({least, greatest}, 0.1, 0.005);
  return {1000 * shown.lo, 1000 * shown.hi};
}

std::string differences(const std::vector<Curve>& curves, const Vector& steps, Figure& figure) {
  const std::string main = shown_name(curves.front().name);
  Panel panel{.x_label = "optimizer step",
              .y_label = fmt::format("loss above {} (10^{{−3}} nats/token)", main),
              .x = {0, steps.back()},
              .y = late_range(curves, steps),
              .frame = kDifference,
              .y_label_at = 2.33};
  std::string plot;
  for (const Curve& curve : curves) {
    panel.labels.push_back({1000 * curve.above.back(), curve.label(3), curve.look.colour});
    plot += (plot.empty() ? "plot " : ", ") + curve.drawn("1000*$3", 1.8);
    Vector above = curve.above;
    for (double& loss : above) loss *= 1000;
    if (curve.name != curves.front().name)
      plot += curve.points(figure, above, "{}·10⁻³ nats/token above " + main);
  }
  return "unset label; unset arrow\nset clip two\n" + panel_commands(panel) + plot + '\n';
}

/// The main arm, unless another task is all there is to call so.
const Arm& reference(const std::vector<Arm>& arms) {
  const auto found = std::ranges::find_if_not(arms, is_of_another_task);
  return found != arms.end() ? *found : arms.front();
}

Figure describe(const Context& context) {
  const auto arms = all_arms(context);
  const Arm& main_arm = reference(arms);
  const Vector steps = steps_of(main_arm);
  const Matrix main = losses(main_arm, steps.size());

  Figure figure{.height = kPanelFigureHeight};
  std::vector<Curve> curves, comparable;
  std::size_t between = 0;
  for (const Arm& arm : arms) {
    const bool beside = is_comparable(arm, steps);
    const Look look = &arm == &main_arm ? kMain : beside ? look_at(between++) : kOther;
    const Curve& made = curves.emplace_back(curve(arm, beside, look, main));
    figure.tables[arm.name] = columns(made.steps, {made.loss, made.above});
    if (made.comparable) comparable.push_back(made);
  }
  const bool alone = comparable.size() < 2;
  figure.commands = "set multiplot\n" + overview(curves, steps, alone, figure);
  if (!alone) figure.commands += differences(comparable, steps, figure);
  figure.commands += "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"arm_losses", "validation loss of every arm", "train"}, argc, argv,
                         rc::describe);
}
