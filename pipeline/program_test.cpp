#include "pipeline/program.h"

#include <gmock/gmock.h>

#include "pipeline/error.h"
#include "pipeline/settings/options.h"

namespace rc {
namespace {

TEST(Program, LiesBesideTheOthers) {
  EXPECT_TRUE(std::filesystem::exists(program_folder() / "pipeline_test"));
}

TEST(Program, AskedForItsVersionNamesARevision) {
  testing::internal::CaptureStdout();
  const int status = guarded_main("train", [] {
    std::string words[] = {"train", "--out", "folder", "--version"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data()};
    boost::program_options::options_description none;
    parse_options(4, arguments, none);
    return 1;
  });
  EXPECT_EQ(status, 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              testing::AllOf(testing::StartsWith("train "), testing::EndsWith("\n"),
                             testing::HasSubstr(git_revision())));
}

}  // namespace
}  // namespace rc
