#include "pipeline/stage/interruption.h"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace rc {
namespace {

using Clock = std::chrono::steady_clock;

// A group that is told to end is told twice: by whoever asked, and by a make or timeout in it.
constexpr auto kAtOnce = std::chrono::seconds(1);

std::atomic<int> came = 0;

/// Takes every signal of `asked`, which all threads block.
void watch(sigset_t asked) {
  Clock::time_point first;
  for (int signal = 0;;) {
    if (::sigwait(&asked, &signal) != 0) continue;
    if (came == 0) {
      first = Clock::now();
      came = signal;
    } else if (Clock::now() - first > kAtOnce) {
      ::signal(signal, SIG_DFL);
      ::pthread_sigmask(SIG_UNBLOCK, &asked, nullptr);
      ::raise(signal);  // ends the process
    }
  }
}

}  // namespace

int Interrupted::exit_status() const { return 128 + (signal_ == SIGINT ? SIGINT : SIGTERM); }

void note_interruptions() {
  static const bool once = [] {
    sigset_t asked;
    ::sigemptyset(&asked);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) ::sigaddset(&asked, signal);
    ::pthread_sigmask(SIG_BLOCK, &asked, nullptr);
    std::thread(watch, asked).detach();
    return true;
  }();
  static_cast<void>(once);
}

int interruption() { return came; }

}  // namespace rc
