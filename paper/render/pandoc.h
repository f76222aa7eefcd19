// pandoc as a function: Markdown in, a document out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// What pandoc makes of `markdown` as a document of its own, with `header` as it stands in its
/// head; files it names are found from `folder`. UserError tells pandoc's complaint.
std::string pandoc(const std::string& markdown, const std::vector<std::string>& options,
                   const std::string& header, const std::filesystem::path& folder);

}  // namespace rc
