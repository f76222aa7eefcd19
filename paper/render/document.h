// From Markdown to what people print and open: LaTeX, PDF and HTML.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "paper/render/pages.h"

namespace rc {

enum class Target { kLatex, kHtml };

/// `markdown` as pandoc should read it for a target. On a code host a figure is an image and, after
/// a blank line, its caption in italics ("*Figure 1. ...*"); here the caption moves into the image,
/// images take the target's format, and links to a document of this folder take its ending, or lead
/// into the page for the screen.
std::string for_pandoc(const std::string& markdown, Target target);

/// The first error a LaTeX log tells, with its line: "! Undefined control sequence. l.12 \foo";
/// "" if it tells none.
std::string latex_error(const std::string& log);

struct Press {
  std::filesystem::path templates;  // holds style.css and header.tex
  std::filesystem::path report;     // where documents go; figures are found at ../figures
  bool latex = true;                // installed? Without it there is no PDF
};

/// Writes `markdown` as <name>.md, and makes .html, .tex and .pdf of a document that is printed;
/// returns the files. Equal input gives equal bytes. UserError tells LaTeX's own complaint.
std::vector<std::filesystem::path> make_document(const Document& document,
                                                 const std::string& markdown, const Press& press);

}  // namespace rc
