// Files that set settings: profiles/<name>.conf and profiles/arms/<arm>.conf.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/settings/settings.h"

namespace rc {

/// name = value lines under [section] headings (Boost.Program_options' config format), # starts a
/// comment. UserError names the file where a line is malformed or a name stands there twice.
Values read_conf(const std::filesystem::path& file);

/// The names of the files *.conf in `folder`, sorted.
std::vector<std::string> conf_names(const std::filesystem::path& folder);

/// `folder`/<name>.conf; UserError with those there are. `what` it is: "profile".
std::filesystem::path conf_file(const std::filesystem::path& folder, const std::string& name,
                                const std::string& what);

}  // namespace rc
