// What a stage tells the person at the terminal.
#pragma once

#include <string>

#include "pipeline/stage/stage.h"

namespace rc {

/// "measure-rank  seed 0, learned   cached": stage, run and status in columns; a long status goes
/// on below.
std::string stage_line(const std::string& stage, const std::string& label,
                       const std::string& status);

/// The text of --help in 80 columns: what the stage reads and writes, its options, and every
/// setting it depends on with its default, unit and range.
std::string stage_help(const StageSpec& spec);

}  // namespace rc
