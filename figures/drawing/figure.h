// One description of a figure, three formats.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "figures/drawing/gnuplot.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// Design goal: equal figures give equal bytes, so that an unchanged figure starts no document
/// anew, and the three formats show the same picture at the same size of letters and lines.
/// Non-goal: anything that differs between formats.
struct Figure {
  double height = 3.5;  // inches; the width is kColumnWidth
  Tables tables = {};
  std::string commands = {};  // after those of style.h; no terminal, no output
};

/// A sentence in place of a drawing, where the run lacks what there is to draw. In gnuplot's single
/// quotes.
Figure sentence(std::string_view text);
inline constexpr const char* kNoGains = "This model has no norm on its keys, and so no gains";

enum class Format { kSvg, kPng, kPdf };

/// The bytes of a file of that format; `name` becomes the title of an SVG. UserError as
/// run_gnuplot.
std::string render(const Figure& figure, std::string_view name, Format format);

/// What a figure's program is.
struct FigureSpec {
  std::string name;
  std::string summary;        // "the participation ratio over training"
  std::string reads;          // the stage whose JSON it draws
  std::string looks_up = {};  // a stage whose JSON it takes single numbers from, where it does
};

/// The main of the program figure-<name>: draws `describe(context)` and writes
/// runs/<profile>/figures/<name>.{svg,png,pdf}.
int figure_main(const FigureSpec& figure, int argc, char** argv,
                const std::function<Figure(const Context&)>& describe);

}  // namespace rc
