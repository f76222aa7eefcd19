// What a stage tells the person at the terminal.
#pragma once

#include <string>

#include "pipeline/stage/stage.h"

namespace rc {

/// "measure-rank  seed 0, learned   cached": stage, run and status in columns; a long status goes
/// on below.
std::string stage_line(const StageSpec& spec, const std::string& label, const std::string& status);

/// The text of --help in 80 columns: what the stage reads and writes, the common options, and every
/// setting it depends on with the value `settings` holds, its unit and its range.
std::string stage_help(const StageSpec& spec, const Profile& settings);

/// The options every program takes, one a line, in 80 columns.
std::string common_options_help();

}  // namespace rc
