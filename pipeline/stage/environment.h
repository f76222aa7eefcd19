// Under which circumstances a stage ran: read from the machine, for the reader of a manifest.
#pragma once

#include <string>

namespace rc {

std::string git_revision();   // `git describe --always --dirty`, "unknown" outside a clone
std::string compiler_name();  // "GCC 12.2.0"
std::string cpu_model();      // from /proc/cpuinfo
std::string utc_now();        // "2026-03-01T12:00:00Z"

}  // namespace rc
