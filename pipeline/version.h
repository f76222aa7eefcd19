// Asking a program for its version.
#pragma once

#include <string>

namespace rc {

/// Thrown where a command line asks for --version; guarded_main prints it.
struct VersionAsked {
  std::string revision;  // as git_revision() says
};

}  // namespace rc
