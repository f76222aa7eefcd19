#include "pipeline/stage/interruption.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace rc {
namespace {

TEST(InterruptionDeathTest, TheSameSignalTwiceAtOnceEndsNothing) {
  const auto twice = [] {
    note_interruptions();
    ::raise(SIGUSR1);
    ::raise(SIGUSR1);
    std::_Exit(interruption() == SIGUSR1 ? 0 : 1);
  };
  EXPECT_EXIT(twice(), testing::ExitedWithCode(0), "");
}

TEST(InterruptionDeathTest, WhoeverCannotWaitSendsAnother) {
  const auto again = [] {
    note_interruptions();
    ::raise(SIGTERM);
    ::usleep(1'100'000);
    ::raise(SIGTERM);
    std::_Exit(0);
  };
  EXPECT_EXIT(again(), testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace rc
