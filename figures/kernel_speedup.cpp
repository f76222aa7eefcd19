// Measured speed-up of attention with thinner keys, against the most it could be.
#include <fmt/core.h>

#include <algorithm>

#include "figures/figure.h"
#include "figures/panel.h"
#include "figures/results.h"
#include "figures/style.h"

namespace rc {
namespace {

constexpr double kPromised = 2;  // the original: skipping 60 % could double the speed

struct Phase {
  Vector percent;          // of the key dimensions removed
  Vector speedup, lo, hi;  // over full width
  double context = 0;      // tokens
  double width = 0;        // of the full keys
};

Phase read_phase(const Field& phase) {
  Phase result;
  const auto rows = phase.at("rows").items();
  for (const Field& row : rows) {
    result.percent.push_back(row.at("percent").number());
    result.speedup.push_back(row.at("speedup").number());
    result.lo.push_back(row.at("speedup_lo").number());
    result.hi.push_back(row.at("speedup_hi").number());
  }
  result.context = phase.at("context").number();
  result.width = rows.front().at("width").number();
  return result;
}

Figure describe(const Context& context) {
  const Field kernels = Field::open(context.output_of("time-kernels", ".json"));
  const Phase prefill = read_phase(kernels.at("phases").at("prefill"));
  const Phase decode = read_phase(kernels.at("phases").at("decode"));
  // Keys' part of what attention reads and multiplies; the values' part cannot shrink.
  const double part = decode.width / (decode.width + kernels.at("value_width").number());
  const auto cap = [part](double percent) { return 1 / (1 - part * percent / 100); };

  Figure figure{.height = kPanelFigureHeight};
  figure.tables["prefill"] = columns(prefill.percent, {prefill.speedup, prefill.lo, prefill.hi});
  figure.tables["decode"] = columns(decode.percent, {decode.speedup, decode.lo, decode.hi});
  const auto [least, greatest] =
      extremes({prefill.lo, prefill.hi, decode.lo, decode.hi, {kPromised}});
  const double right = extremes({prefill.percent, decode.percent}).second + 2;
  const std::string cap_name = part == 0.5 ? "cap, 1/(1 − {/:Italic p}/2)"
                                           : fmt::format("cap, 1/(1 − {:.2f}{{/:Italic p}})", part);
  figure.commands = panel_commands(
      {.x_label = "key dimensions removed, {/:Italic p} (%)",
       .y_label = "speed-up over full width",
       .x = {-2, right},
       .y = {std::min(0.9, 0.95 * least), 1.05 * greatest},
       .labels = {{kPromised, fmt::format("promised, {}×", kPromised), kInk},
                  {cap(right), cap_name, kGrey},
                  {decode.speedup.back(), fmt::format("decode, {} keys", decode.context), kBlue},
                  {prefill.speedup.back(), fmt::format("prefill, {} tokens", prefill.context),
                   kVermillion}}});
  // Half a percent aside, so that the two phases' bars do not hide each other.
  figure.commands += fmt::format(
      R"(plot {} with lines dashtype 2 linewidth 1.2 linecolor rgb ink, \
  (x < 0 ? NaN : 1 / (1 - {} * x / 100)) with lines linewidth 1.6 linecolor rgb grey, \
  $prefill using ($1 - 0.5):2:3:4 with yerrorlines pointtype 5 pointsize 0.5 linewidth 1.4 linecolor rgb vermillion, \
  $decode using ($1 + 0.5):2:3:4 with yerrorlines pointtype 7 pointsize 0.55 linewidth 1.4 linecolor rgb blue
)",
      kPromised, part);
  return figure;
}

}  // namespace
}  // namespace rc

int main(int argc, char** argv) {
  return rc::figure_main("kernel_speedup", argc, argv, rc::describe);
}
