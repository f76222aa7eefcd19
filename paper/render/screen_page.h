// The page for the screen: one file with every figure and every number, no network.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// Where the parts of the page lie.
struct ScreenParts {
  std::filesystem::path templates;             // style.css and index.css
  std::vector<std::filesystem::path> scripts;  // in the order they are run; the page stands without
  std::filesystem::path figures;               // <name>.screen.svg
};

/// `html` with the drawing <name>.screen.svg of `figures` in every
/// <div class="drawing" data-figure="<name>"></div>, and before it a box to tick for each of its
/// curves, where they are two or more. UserError if there is no such drawing.
std::string with_drawings(const std::string& html, const std::filesystem::path& figures);

/// Writes <report>/index.html from its Markdown (pages.h) and returns it. Equal input gives equal
/// bytes.
std::filesystem::path make_screen_page(const std::string& markdown, const ScreenParts& parts,
                                       const std::filesystem::path& report);

}  // namespace rc
