// Running another program at this terminal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rc {

/// Starts `program` with `arguments`, waits for it and returns its exit status, 128 + the signal's
/// number if one ended it (as shells do). Ctrl-C ends the program, not this one; SIGTERM to this
/// one is passed on; if this one is killed the program ends too. UserError if it cannot be started.
int launch(const std::filesystem::path& program, const std::vector<std::string>& arguments);

}  // namespace rc
