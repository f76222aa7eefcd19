#include "pipeline/error.h"

#include <gtest/gtest.h>

#include <new>

namespace rc {
namespace {

template <typename Thrown>
std::string message_of(const Thrown& thrown) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(guarded_main("train", [&]() -> int { throw thrown; }), 1);
  return testing::internal::GetCapturedStderr();
}

TEST(Error, StatusOfTheBody) {
  EXPECT_EQ(guarded_main("train", [] { return 3; }), 3);
}

TEST(Error, ExceptionsBecomeOneLine) {
  EXPECT_EQ(message_of(UserError("no corpus")), "train: error: no corpus\n");
  EXPECT_EQ(message_of(std::runtime_error("shapes differ\nframe #0: ...")),
            "train: error: internal: shapes differ\n");
  EXPECT_EQ(message_of(std::bad_alloc()).find("train: error: out of memory; "), 0u);
}

}  // namespace
}  // namespace rc
