// Validation loss of every arm. Arms differ by hundredths of a nat, which a curve from 8 to 3 nats
// cannot show: beside it stands how far each lies above the main arm at the same step.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"

namespace rc {
namespace {

constexpr Frame kOverview{.left = 0.52, .right = 2.12}, kDifference{.left = 2.86, .right = 4.56};
constexpr double kMostShown = 0.5;  // nats: what an arm that failed may stretch the axis by

/// Its labels are not shifted: it learns to repeat its input, and its loss says nothing of the
/// others'.
constexpr const char* kOtherTask = "copy";

/// Variants of one idea share a colour and differ by dashes.
struct Look {
  std::string_view arm;
  std::string_view colour;
  int dashes;
};
constexpr Look kLooks[] = {{"learned", kInk, 1},          {"frozen", kVermillion, 1},
                           {"none", kVermillion, 2},      {"thin32", kBlue, 1},
                           {"thin16", kBlue, 2},          {"grouped40", kBlue, 3},
                           {"virtual12", kGreen, 1},      {"virtual12_random", kGreen, 2},
                           {"rope_shuffled", kPurple, 1}, {kOtherTask, kInk, 2}};

struct Curve {
  std::string name;
  Look look;
  Vector steps;
  Vector loss;   // mean over seeds, nats a token
  Vector above;  // the same less the main arm's, each seed with its own; 0 for another task

  std::string shown_name() const {  // "_" would lower what follows it
    std::string text = name;
    std::ranges::replace(text, '_', ' ');
    return text;
  }
  std::string label(int decimals) const {
    return fmt::format("{}, {:.{}f}", shown_name(), loss.back(), decimals);
  }
  std::string drawn(const char* y, double width) const {
    return fmt::format("${} using 1:({}) with lines linewidth {} dashtype {} linecolor rgb '{}'",
                       name, y, width, look.dashes, look.colour);
  }
};

Vector steps_of(const Arm& arm) { return arm.seeds.front().at("validation").at("step").numbers(); }

/// [seed][step], nats a token.
Matrix losses(const Arm& arm, std::size_t steps) {
  Matrix seeds;
  for (const Field& train : arm.seeds)
    seeds.push_back(train.at("validation").at("loss").numbers(steps));
  return seeds;
}

Curve curve(const Arm& arm, const Matrix& main) {
  const bool comparable = arm.name != kOtherTask;  // and else it may be shorter
  const Vector steps = steps_of(arm);
  const Matrix seeds = losses(arm, comparable ? main.front().size() : steps.size());
  Matrix above = seeds;
  for (std::size_t s = 0; s < above.size(); ++s)
    for (std::size_t i = 0; i < above[s].size(); ++i)
      above[s][i] = comparable ? above[s][i] - main.at(s)[i] : 0;
  const auto known = std::ranges::find(kLooks, std::string_view(arm.name), &Look::arm);
  const Look look = known != std::end(kLooks) ? *known : Look{"", kGrey, 4};
  return {arm.name, look, steps, mean_curve(seeds), mean_curve(above)};
}

/// The losses themselves, every arm's.
std::string overview(const std::vector<Curve>& curves, const Vector& steps, bool alone) {
  Matrix shown;
  for (const Curve& curve : curves) shown.push_back(curve.loss);
  const auto [least, greatest] = extremes(shown);
  Panel panel{.x_label = "optimizer step",
              .y_label = "validation loss (nats/token)",
              .x = {0, steps.back()},
              .y = {std::max(0.0, std::floor(least - 0.1)), std::ceil(greatest + 0.01)},
              .frame = alone ? Frame{} : kOverview};
  std::string labels, plot;
  for (const Curve& curve : curves) {
    plot += (plot.empty() ? "plot " : ", ") + curve.drawn("$2", alone ? 2 : 1.3);
    if (alone)
      panel.labels.push_back({curve.loss.back(), curve.label(3), curve.look.colour});
    else if (curve.name == kOtherTask)
      labels += fmt::format(
          "set label '{}' at first {}, first {} left offset 0.6,0.5 textcolor rgb ink\n",
          curve.label(2), curve.steps.back(), curve.loss.back());
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
  const double room = std::max(0.1 * (greatest - least), 0.005);
  return {1000 * (least - room), 1000 * (greatest + room)};
}

std::string differences(const std::vector<Curve>& curves, const Vector& steps) {
  Panel panel{
      .x_label = "optimizer step",
      .y_label = fmt::format("loss above {} (10^{{−3}} nats/token)", curves.front().shown_name()),
      .x = {0, steps.back()},
      .y = late_range(curves, steps),
      .frame = kDifference,
      .y_label_at = 2.33};
  std::string plot;
  for (const Curve& curve : curves) {
    panel.labels.push_back({1000 * curve.above.back(), curve.label(3), curve.look.colour});
    plot += (plot.empty() ? "plot " : ", ") + curve.drawn("1000*$3", 1.8);
  }
  return "unset label; unset arrow\nset clip two\n" + panel_commands(panel) + plot + '\n';
}

/// The main arm, unless another task is all there is to call so.
const Arm& reference(const std::vector<Arm>& arms) {
  const auto found =
      std::ranges::find_if(arms, [](const Arm& arm) { return arm.name != kOtherTask; });
  return found != arms.end() ? *found : arms.front();
}

Figure describe(const Context& context) {
  const auto arms = all_arms(context);
  const Vector steps = steps_of(reference(arms));
  const Matrix main = losses(reference(arms), steps.size());

  Figure figure{.height = kPanelFigureHeight};
  std::vector<Curve> curves, comparable;
  for (const Arm& arm : arms) {
    const Curve& made = curves.emplace_back(curve(arm, main));
    figure.tables[arm.name] = columns(made.steps, {made.loss, made.above});
    if (arm.name != kOtherTask) comparable.push_back(made);
  }
  const bool alone = comparable.size() < 2;
  figure.commands = "set multiplot\n" + overview(curves, steps, alone);
  if (!alone) figure.commands += differences(comparable, steps);
  figure.commands += "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) { return rc::figure_main({"arm_losses", "validation loss of every arm", "train"}, argc, argv, rc::describe); }
