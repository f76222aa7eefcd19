#include "pipeline/files/program.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

TEST(Program, LiesBesideTheOthers) {
  EXPECT_TRUE(std::filesystem::exists(program_folder() / "pipeline_test"));
}

}  // namespace
}  // namespace rc
