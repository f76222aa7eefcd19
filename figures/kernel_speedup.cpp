// Measured speed-ups with thinner keys, of attention alone and of whole models, against the most
// they could be.
#include <fmt/core.h>

#include <algorithm>

#include "figures/drawing/figure.h"
#include "figures/drawing/panel.h"
#include "figures/drawing/results.h"
#include "figures/drawing/style.h"
#include "figures/drawing/tips.h"

namespace rc {
namespace {

constexpr double kPromised = 2;  // the original: skipping 60 % could double the speed
constexpr double kHeight = 4.9;  // inches, of two panels
constexpr Frame kAlone{.bottom = 2.78, .top = 4.6, .height = kHeight};
constexpr Frame kWhole{.bottom = 0.476, .top = 2.296, .height = kHeight};

struct Phase {
  std::string name;  // of its table too
  std::string unit;  // of what the context counts
  std::string_view colour;
  int point;
  double aside;                           // %, so that the two phases' bars do not hide each other
  Vector percent = {};                    // of the key dimensions removed
  Vector speedup = {}, lo = {}, hi = {};  // over full width
  Vector flops = {}, bytes = {};          // bounds of a whole model
  double context = 0;                     // tokens
  double width = 0;                       // of the full keys

  std::string label() const { return fmt::format("{}, {} {}", name, context, unit); }
};

std::vector<Phase> phases() {
  return {{"prefill", "tokens", kVermillion, 5, -0.5}, {"decode", "keys", kBlue, 7, 0.5}};
}

void read(Phase& phase, const Field& field, bool bounds) {
  const auto rows = field.at("rows").items();
  for (const Field& row : rows) {
    phase.percent.push_back(row.at("percent").number());
    phase.speedup.push_back(row.at("speedup").number());
    phase.lo.push_back(row.at("speedup_lo").number());
    phase.hi.push_back(row.at("speedup_hi").number());
    if (!bounds) continue;
    phase.flops.push_back(row.at("flops_bound").number());
    phase.bytes.push_back(row.at("bytes_bound").number());
  }
  phase.context = field.at("context").number();
  phase.width = rows.front().at("width").number();
}

std::vector<Phase> read_all(const Field& of, bool bounds) {
  auto all = phases();
  for (Phase& phase : all) read(phase, of.at(phase.name), bounds);
  return all;
}

/// The axes hold both phases and the promise.
Panel panel_of(const std::vector<Phase>& all, const Frame& frame) {
  Matrix shown{{kPromised}}, removed;
  for (const Phase& phase : all) {
    shown.insert(shown.end(), {phase.lo, phase.hi, phase.flops, phase.bytes});
    removed.push_back(phase.percent);
  }
  std::erase_if(shown, [](const Vector& values) { return values.empty(); });
  const auto [least, greatest] = extremes(shown);
  Panel panel{.y_label = "speed-up over full width",
              .x = {-2, extremes(removed).second + 2},
              .y = {std::min(0.9, 0.95 * least), 1.05 * greatest},
              .labels = {{kPromised, fmt::format("promised, {}×", kPromised), kInk}},
              .frame = frame};
  for (const Phase& phase : all)
    panel.labels.push_back({phase.speedup.back(), phase.label(), phase.colour});
  return panel;
}

std::string points(const Phase& phase, const std::string& table, Figure& figure) {
  return fmt::format(
             ", ${} using ($1 + {}):2:3:4 with yerrorlines pointtype {} pointsize 0.5 linewidth "
             "1.4 linecolor rgb '{}'{}",
             table, phase.aside, phase.point, phase.colour, titled(phase.name)) +
         tips(figure, {.curve = phase.name,
                       .where = fmt::format("{} {}, {{}} % removed", phase.context, phase.unit),
                       .what = "{}×",
                       .x = phase.percent,
                       .y = phase.speedup,
                       .lo = phase.lo,
                       .hi = phase.hi,
                       .aside = phase.aside});
}

std::string title(const std::string& words) {
  return fmt::format("set label '{{/:Bold {}}}' at graph 0, 1.06 left textcolor rgb ink\n", words);
}

std::string promise() {
  return fmt::format("plot {} with lines dashtype 2 linewidth 1.2 linecolor rgb ink{}", kPromised,
                     titled("promised"));
}

/// Attention alone. `part` of what it reads and multiplies is keys; the values' part cannot shrink.
std::string attention(const std::vector<Phase>& all, double part, Frame frame, bool last,
                      Figure& figure) {
  auto panel = panel_of(all, frame);
  const auto cap = [part](double percent) { return 1 / (1 - part * percent / 100); };
  const std::string name = part == 0.5
                               ? "model, 1/(1−{/:Italic p}/2)"
                               : fmt::format("model, 1/(1−{:.2f}{{/:Italic p}})", part);
  panel.labels.push_back({cap(panel.x.hi), name, kGrey});
  panel.y.hi = std::max(panel.y.hi, 1.02 * cap(panel.x.hi));
  if (last) panel.x_label = "key dimensions removed, {/:Italic p} (%)";
  auto commands = panel_commands(panel) + title("Attention alone") + promise() +
                  fmt::format(
                      ", (x < 0 ? NaN : 1 / (1 - {} * x / 100)) with lines linewidth 1.6 "
                      "linecolor rgb grey{}",
                      part, titled("operations"));
  for (const Phase& phase : all) {
    figure.tables[phase.name] = columns(phase.percent, {phase.speedup, phase.lo, phase.hi});
    commands += points(phase, phase.name, figure);
  }
  return commands + '\n';
}

/// Whole models, with their bounds by operations (dashed) and by bytes (dotted).
std::string whole(const std::vector<Phase>& all, Figure& figure) {
  auto panel = panel_of(all, kWhole);
  panel.x_label = "key dimensions removed, {/:Italic p} (%)";
  auto commands = panel_commands(panel) +
                  title("A whole model; cost by operations dashed, by bytes dotted") + promise();
  for (const Phase& phase : all) {
    const auto table = "whole_" + phase.name;
    figure.tables[table] =
        columns(phase.percent, {phase.speedup, phase.lo, phase.hi, phase.flops, phase.bytes});
    commands += fmt::format(
        ", ${0} using 1:5 with lines dashtype 2 linewidth 1.2 linecolor rgb '{1}'{2}"
        ", ${0} using 1:6 with lines dashtype 3 linewidth 1.2 linecolor rgb '{1}'{2}",
        table, phase.colour, titled(phase.name));
    commands += points(phase, table, figure);
  }
  return commands + '\n';
}

Figure describe(const Context& context) {
  const Field kernels = Field::open(context.output_of("time-kernels", ".json"));
  const auto alone = read_all(kernels.at("phases"), /*bounds=*/false);
  const double width = alone.back().width, values = kernels.at("value_width").number();
  // A device that no model was timed on has the first panel only.
  const auto inference = kernels.find("inference");
  const bool both = inference && inference->find("prefill");

  Figure figure{.height = both ? kHeight : kPanelFigureHeight};
  const Frame frame = both ? kAlone : Frame{.top = 3.0};
  figure.commands =
      "set multiplot\n" + attention(alone, width / (width + values), frame, !both, figure);
  if (both)
    figure.commands +=
        "unset label; unset arrow\n" + whole(read_all(*inference, /*bounds=*/true), figure);
  figure.commands += "unset multiplot\n";
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main({"kernel_speedup", "measured speed-ups against the cap", "time-kernels"},
                         argc, argv, rc::describe);
}
