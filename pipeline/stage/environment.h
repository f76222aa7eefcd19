// What a manifest says of the machine and the moment; and which of a machine's facts a stage's
// result depends on.
#pragma once

#include <string>

#include "pipeline/stage/stage.h"

namespace rc {

/// Of the facts of a machine, those that a stage with these settings depends on. A fact called
/// "auto.device" tells what the value auto of the setting device means here; it counts, as
/// "device", where that setting has this value.
Environment resolved(const Environment& facts, const Settings& settings);

std::string compiler_name();  // "GCC 12.2.0"
std::string cpu_model();

/// The most memory this process has held so far, mapped files included.
long peak_bytes();
/// What more can be had without swapping, as /proc/meminfo estimates it; all that there could be
/// where that says nothing.
long available_bytes();
std::string utc_now();  // "2026-02-28T12:00:00Z"

/// A positive number in the environment; 0 where there is none. UserError for anything else.
int number_in_environment(const char* name);

/// How many stages run at once, as Make says in RC_JOBS; 1 where nobody does.
int jobs_side_by_side();

}  // namespace rc
