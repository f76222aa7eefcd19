#include "model/tensors.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "model/microbatches.h"
#include "pipeline/error.h"

namespace rc {
namespace {

class PrepareCpu : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("RC_JOBS");
    sched_getaffinity(0, sizeof allowed_, &allowed_);
  }
  void TearDown() override {
    unsetenv("RC_JOBS");
    sched_setaffinity(0, sizeof allowed_, &allowed_);
    prepare_cpu(1);
  }
  int cores() const { return CPU_COUNT(&allowed_); }

  cpu_set_t allowed_ = {};
};

TEST_F(PrepareCpu, GivesTheThreadsToPiecesAndLeavesLibTorchOne) {
  EXPECT_EQ(prepare_cpu(3), 3);
  EXPECT_EQ(worker_threads(), 3);
  EXPECT_EQ(at::get_num_threads(), 1);
}

TEST_F(PrepareCpu, ForTimingGivesThemToLibTorch) {
  EXPECT_EQ(prepare_cpu_for_timing(3), 3);
  EXPECT_EQ(at::get_num_threads(), 3);
}

TEST_F(PrepareCpu, TakesTheCoresItMayRunOn) {
  EXPECT_EQ(prepare_cpu(0), cores());
  cpu_set_t one = {};
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(prepare_cpu(0), 1);
}

TEST_F(PrepareCpu, SharesCoresWithTheStagesBesideIt) {
  setenv("RC_JOBS", "2", 1);
  EXPECT_EQ(prepare_cpu(0), std::max(1, cores() / 2));
  EXPECT_EQ(prepare_cpu(5), 5);  // asked for: no business of the jobs
  setenv("RC_JOBS", "100000", 1);
  EXPECT_EQ(prepare_cpu(0), 1);
  for (const char* wrong : {"0", "-1", "two", "2x"}) {
    setenv("RC_JOBS", wrong, 1);
    EXPECT_THROW(prepare_cpu(0), UserError) << wrong;
  }
}

}  // namespace
}  // namespace rc
