// The program that runs: where it lies, and of which version it is.
#pragma once

#include <filesystem>
#include <string>

namespace rc {

/// The folder it lies in, and with it the project's other programs.
std::filesystem::path program_folder();

/// The revision as `git describe --always --dirty` says: of the checkout that the program lies in,
/// or that it is called from; of an installed one what `version`, a file beside its folder, kept of
/// it. "unknown" outside all of these. It is asked for and not compiled in: a program's bytes are
/// part of content keys.
std::string git_revision();

}  // namespace rc
