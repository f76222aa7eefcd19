// One description of a figure, four formats.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "figures/drawing/gnuplot.h"
#include "figures/drawing/screen.h"
#include "pipeline/stage/stage.h"

namespace rc {

/// What is drawn for the screen alone.
struct Tips {
  /// Curves by the names of their tips, "tips_0", for which a plot command holds the place with
  /// @tips_0.
  std::map<std::string, std::string> curves = {};
  Tables tables = {};  // their points, under the same names
  TipTexts texts = {};
};

/// Design goal: equal figures give equal bytes, so that an unchanged figure starts no document
/// anew, and all formats show the same picture at the same size of letters and lines.
/// Non-goal: anything that differs between formats, but for what the pointer reads on screen.
struct Figure {
  double height = 3.5;  // inches; the width is kColumnWidth
  Tables tables = {};
  std::string commands = {};  // after those of style.h; no terminal, no output
  Tips tips = {};             // tips.h fills it
};

/// A sentence in place of a drawing, where the run lacks what there is to draw. In gnuplot's single
/// quotes.
Figure sentence(std::string_view text);
inline constexpr const char* kNoGains = "This model has no norm on its keys, and so no gains";

enum class Format { kSvg, kScreen, kPng, kPdf };

/// The bytes of a file of that format; `name` becomes the title of an SVG, and begins the ids of
/// one for the screen. UserError as run_gnuplot.
std::string render(const Figure& figure, std::string_view name, Format format);

/// What a figure's program is.
struct FigureSpec {
  std::string name;
  std::string summary;        // "the participation ratio over training"
  std::string reads;          // the stage whose JSON it draws
  std::string looks_up = {};  // a stage whose JSON it takes single numbers from, where it does
};

/// The main of the program figure-<name>: draws `describe(context)` and writes
/// runs/<profile>/figures/<name>.{svg,screen.svg,png,pdf}.
int figure_main(const FigureSpec& figure, int argc, char** argv,
                const std::function<Figure(const Context&)>& describe);

}  // namespace rc
