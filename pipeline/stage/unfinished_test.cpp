#include "pipeline/stage/unfinished.h"

#include <gtest/gtest.h>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;

class UnfinishedRun : public testing::Test {
 protected:
  Unfinished open(const std::string& key = "key") const {
    return {folder_ / "unfinished/cut", key};
  }
  /// State of step `step`, and an output made on the way.
  void record(long step) {
    const auto state = run_.path(std::to_string(step));
    write_text(state, "state");
    write_text(folder_ / "output", "output");
    run_.record({state, folder_ / "output"}, {{"step", step}});
  }
  TestFolder folder_;
  Unfinished run_ = open();
};

TEST_F(UnfinishedRun, TellsTheNextWhatItRecordedLast) {
  EXPECT_FALSE(open().recorded());
  record(3);
  record(5);
  EXPECT_EQ(open().recorded()->at("step"), 5);
  EXPECT_FALSE(fs::exists(run_.path("3"))) << "what is no longer named";
  EXPECT_TRUE(fs::exists(folder_ / "output"));
}

TEST_F(UnfinishedRun, IsOfOneKey) {
  record(3);
  EXPECT_FALSE(open("another").recorded());
}

TEST_F(UnfinishedRun, IsNothingOnceAFileIsDamagedOrGone) {
  record(3);
  write_text(folder_ / "output", "0utput");
  EXPECT_FALSE(open().recorded());
  record(4);  // which makes the output anew
  EXPECT_TRUE(open().recorded());
  write_text(run_.path("4"), "stat");
  EXPECT_FALSE(open().recorded());
  fs::remove(run_.path("4"));
  EXPECT_FALSE(open().recorded());
  write_text(run_.path("record.json"), "{");
  EXPECT_FALSE(open().recorded());
  write_text(run_.path("record.json"), "[]");
  EXPECT_FALSE(open().recorded());
}

TEST_F(UnfinishedRun, IsClearedWithItsFolder) {
  record(3);
  run_.clear();
  EXPECT_FALSE(fs::exists(folder_ / "unfinished"));
  EXPECT_TRUE(fs::exists(folder_ / "output"));
  run_.clear();
}

}  // namespace
}  // namespace rc
