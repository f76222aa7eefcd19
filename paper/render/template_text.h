// Templates as files: where each tag stands, and which templates there are.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace rc {

/// `text` with every tag's name followed by "@<file>:<line>", so that an error can say where: the
/// Mustache library itself only tells which name it looked up. A section's end repeats the place of
/// its beginning. UserError for a tag or section without end, and for tags this project does not
/// use ({{=...=}}, {{&...}}).
std::string with_places(std::string_view text, const std::string& file);

/// A tag's name and its place, "audit.md:12".
struct PlacedName {
  std::string name;
  std::string place;
};
PlacedName split_place(std::string_view tag);

/// The templates of a folder, with places, by name without ".md". A name that starts with '_' is a
/// part of pages and no page.
std::map<std::string, std::string> load_templates(const std::filesystem::path& folder);

}  // namespace rc
