// The program rank-collapse: runs what is out of date, and shows what that would be.
#pragma once

namespace rc {

/// Subcommands run, plan and dag; see --help. Returns the exit status.
int driver_main(int argc, char** argv);

}  // namespace rc
