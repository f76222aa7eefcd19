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

TEST(OpenBlasKernels, AreThoseOfWhatTheProcessorCanWhereItsNameIsNotKnown) {
  using enum OpenBlasKernels;
  EXPECT_EQ(openblas_kernels({.known_amd = true, .avx2 = true, .avx512 = true}), kItsOwnChoice);
  EXPECT_EQ(openblas_kernels({.avx2 = true, .avx512 = true}), kSkylakeX);
  EXPECT_EQ(openblas_kernels({.avx2 = true}), kHaswell);
  EXPECT_EQ(openblas_kernels({}), kItsOwnChoice);
}

}  // namespace
}  // namespace rc
