// A command as a person types it, and what came of it.
#pragma once

#include <string>

#include "pipeline/files/command.h"

namespace rc {

struct Outcome {
  int status = 0;      // exit status; 128 and more where a signal ended it
  std::string output;  // both streams, as a terminal shows them
  bool says(const std::string& words) const { return output.find(words) != std::string::npos; }
};

inline Outcome shell(const std::string& command) {
  const auto result =
      run_command({.program = "sh", .arguments = {"-c", "{ " + command + "\n} 2>&1"}});
  return {result.status, result.text()};
}

}  // namespace rc
