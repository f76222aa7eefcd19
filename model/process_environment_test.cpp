#include "model/process_environment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string_view>

namespace rc {
namespace {

TEST(ProcessEnvironment, NamesHowThreadsWaitOnce) {
  ensure_process_environment();
  int found = 0;
  for (char** entry = environ; *entry; ++entry)
    found += std::string_view(*entry).starts_with("OMP_WAIT_POLICY=");
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace rc
