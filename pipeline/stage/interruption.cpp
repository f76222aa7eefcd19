#include "pipeline/stage/interruption.h"

#include <signal.h>
#include <time.h>

#include <atomic>

namespace rc {
namespace {

// A group that is told to end is told twice: by whoever asked, and by a make or timeout in it.
constexpr double kAtOnce = 1;  // s

volatile sig_atomic_t came = 0;
std::atomic<double> came_at = 0;  // s
static_assert(std::atomic<double>::is_always_lock_free);

double seconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void note(int signal) {
  if (came == 0) {
    came = signal;
    came_at = seconds_now();
  } else if (seconds_now() - came_at > kAtOnce) {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // ends the process once this handler is left
  }
}

}  // namespace

int Interrupted::exit_status() const { return 128 + (signal_ == SIGINT ? SIGINT : SIGTERM); }

void note_interruptions() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

int interruption() { return came; }

}  // namespace rc
