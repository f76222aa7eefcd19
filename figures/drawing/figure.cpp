#include "figures/drawing/figure.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "figures/drawing/panel.h"
#include "figures/drawing/pdf.h"
#include "figures/drawing/style.h"
#include "pipeline/error.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

constexpr double kSvgDensity = 96;   // pixels an inch, as browsers have it
constexpr double kPngDensity = 200;  // pixels an inch: sharp in print at column width
constexpr double kTextSize = 9;      // points

/// gnuplot's unit of type and line differs from terminal to terminal; the scales undo that. A line
/// width of 1 is 0.75 points and text is kTextSize points in all of them.
std::string terminal(const Figure& figure, std::string_view name, Format format) {
  const double width = kColumnWidth, height = figure.height;
  switch (format) {
    case Format::kSvg:
    case Format::kScreen:
      return fmt::format(
          "set terminal svg enhanced size {:.0f},{:.0f} font '{},{}' rounded name '{}' {}\n",
          width * kSvgDensity, height * kSvgDensity, kFont, kTextSize * kSvgDensity / 72, name,
          format == Format::kSvg ? "background rgb 'white'" : "");
    case Format::kPng:
      return fmt::format(
          "set terminal pngcairo enhanced size {:.0f},{:.0f} font '{},{}' rounded "
          "fontscale {} linewidth {} pointscale {} dashlength 0.4\n",
          width * kPngDensity, height * kPngDensity, kFont, kTextSize, kPngDensity / 96,
          kPngDensity / 96, kPngDensity / 96);
    case Format::kPdf:
      break;
  }
  return fmt::format(
      "set terminal pdfcairo enhanced size {}in,{}in font '{},{}' rounded "
      "fontscale 0.75 linewidth 1.5 pointscale 1\n",
      width, height, kFont, kTextSize);
}

Tables tables_of(const Figure& figure, bool screen) {
  Tables tables = figure.tables;
  if (screen) tables.insert(figure.tips.tables.begin(), figure.tips.tables.end());
  return tables;
}

/// gnuplot puts the value of `name` in the place of @name. It takes a title from a variable, which
/// spares quotes within quotes.
std::string tip_commands(const Figure& figure, bool screen) {
  std::string commands;
  for (const auto& [name, curve] : figure.tips.curves)
    commands += screen ? fmt::format(
                             "{0}_curve = {1}\n{0} = ', ${0} using 1:2:3 with labels "
                             "hypertext point title {0}_curve noenhanced'\n",
                             name, quoted(curve))
                       : name + " = ''\n";
  return commands;
}

/// A reader's machine may lack the font; its widths are close to those of the ones named after it.
void name_fallback_fonts(std::string& svg) {
  const std::string one = fmt::format("font-family=\"{}\"", kFont);
  const std::string list =
      fmt::format("font-family=\"{}, Verdana, Helvetica, Arial, sans-serif\"", kFont);
  for (auto at = svg.find(one); at != std::string::npos; at = svg.find(one, at + list.size()))
    svg.replace(at, one.size(), list);
}

/// gnuplot ends with status 0 where its output did not fit on the disk.
bool is_whole(std::string_view bytes, Format format) {
  const auto end = format == Format::kPng ? "IEND" : format == Format::kPdf ? "%%EOF" : "</svg>";
  const auto tail = bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 16));
  return tail.find(end) != std::string_view::npos;
}

}  // namespace

Figure sentence(std::string_view text) {
  return {.height = kPanelFigureHeight,
          .commands = fmt::format("set label '{}' at graph 0.5, 0.5 center textcolor rgb ink\n"
                                  "unset border; unset tics\nplot [0:1] [0:1] 2\n",
                                  text)};
}

std::string render(const Figure& figure, std::string_view name, Format format) {
  const bool screen = format == Format::kScreen;
  const std::string head = terminal(figure, name, format) + style() + tip_commands(figure, screen);
  std::string bytes = run_gnuplot(tables_of(figure, screen), head + figure.commands);
  if (bytes.empty()) throw UserError(fmt::format("gnuplot drew nothing for figure {}", name));
  if (!is_whole(bytes, format))
    throw UserError(
        fmt::format("gnuplot's picture of figure {} ends too early; is the disk of {} full?", name,
                    std::filesystem::temp_directory_path().string()));
  if (format == Format::kSvg || screen) name_fallback_fonts(bytes);
  if (screen) return for_screen(bytes, std::string(name), figure.tips.texts);
  return format == Format::kPdf ? without_hour(std::move(bytes)) : bytes;
}

int figure_main(const FigureSpec& spec, int argc, char** argv,
                const std::function<Figure(const Context&)>& describe) {
  constexpr std::array kFormats = {
      std::pair{".svg", Format::kSvg}, std::pair{".screen.svg", Format::kScreen},
      std::pair{".png", Format::kPng}, std::pair{".pdf", Format::kPdf}};
  StageSpec stage{.name = "figure-" + spec.name,
                  .summary = "draw " + spec.summary,
                  .writes = "figures/" + spec.name + ".svg, .screen.svg, .png and .pdf",
                  .needs = {{spec.reads, ".json"}}};
  if (!spec.looks_up.empty()) stage.needs.push_back({spec.looks_up, ".json"});
  return stage_main(stage, argc, argv, [&](Context& context) {
    const Figure figure = describe(context);
    for (const auto& [extension, format] : kFormats) {
      const auto file = context.dir() / "figures" / (spec.name + extension);
      write_text(file, render(figure, spec.name, format));
      context.made(file);
    }
  });
}

}  // namespace rc
