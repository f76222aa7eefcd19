// Signals that ask a stage to end, for stages that keep what they have before they do.
#pragma once

#include <stdexcept>
#include <string>

namespace rc {

/// The stage was asked to end, and kept what it had; what() says what that is.
class Interrupted : public std::runtime_error {
 public:
  Interrupted(int signal, const std::string& what) : std::runtime_error(what), signal_(signal) {}
  /// As a shell counts: 130 after SIGINT; 143 after SIGTERM and after SIGUSR1, a batch system's
  /// warning that SIGTERM is near.
  int exit_status() const;

 private:
  int signal_;
};

/// From now on SIGINT, SIGTERM and SIGUSR1 sent to the process end nothing by themselves; one that
/// comes more than a second after the first does. Before any other thread begins: a thread of its
/// own waits for them and all others block them. No handler may run on a thread that multiplies:
/// kernels of oneDNN before 3.11 keep data at the stack pointer, and a handler there overwrites the
/// heap (its issue 4845).
void note_interruptions();

/// The signal that came; 0 if none did.
int interruption();

}  // namespace rc
