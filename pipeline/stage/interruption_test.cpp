#include "pipeline/stage/interruption.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

namespace rc {
namespace {

/// As others do it: to the process, and not to a thread of it. Returns once it was noted.
void send(int signal) {
  ::kill(::getpid(), signal);
  while (interruption() == 0) std::this_thread::yield();
}

TEST(InterruptionDeathTest, TheSameSignalTwiceAtOnceEndsNothing) {
  const auto twice = [] {
    note_interruptions();
    send(SIGUSR1);
    send(SIGUSR1);
    ::usleep(100'000);
    std::_Exit(interruption() == SIGUSR1 ? 0 : 1);
  };
  EXPECT_EXIT(twice(), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, WhoeverCannotWaitSendsAnother) {
  const auto again = [] {
    note_interruptions();
    send(SIGTERM);
    ::usleep(1'100'000);
    send(SIGTERM);
    ::usleep(5'000'000);
    std::_Exit(0);
  };
  EXPECT_EXIT(again(), testing::KilledBySignal(SIGTERM), "");
}

/// A handler would run on whatever stack the kernel finds, that of a product under way too.
TEST(InterruptionDeathTest, NoHandlerRunsOnAThreadThatWorks) {
  const auto handled = [] {
    note_interruptions();
    struct sigaction action {};
    sigset_t blocked;
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
      ::sigaction(signal, nullptr, &action);
      ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
      if (action.sa_handler != SIG_DFL || ::sigismember(&blocked, signal) != 1) std::_Exit(1);
    }
    std::_Exit(0);
  };
  EXPECT_EXIT(handled(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rc
