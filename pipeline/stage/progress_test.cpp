#include "pipeline/stage/progress.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/text.h"

namespace rc {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Progress, DurationsReadAsTheySpeak) {
  EXPECT_EQ(duration_text(0.04), "0.0 s");
  EXPECT_EQ(duration_text(3.44), "3.4 s");
  EXPECT_EQ(duration_text(9.96), "10 s");
  EXPECT_EQ(duration_text(59.4), "59 s");
  EXPECT_EQ(duration_text(59.6), "1 min 00 s");
  EXPECT_EQ(duration_text(125), "2 min 05 s");
  EXPECT_EQ(duration_text(4320), "1 h 12 min");
}

TEST(Progress, LineShowsShareNoteAndTimeLeft) {
  EXPECT_EQ(progress_line("train", 1, 4, 10, "loss 4.21", 100),
            "train  [######..................]  25 %  loss 4.21  30 s left");
}

TEST(Progress, LineAtBothEnds) {
  EXPECT_THAT(progress_line("x", 0, 10, 5, "", 80), Not(HasSubstr("left")));
  EXPECT_THAT(progress_line("x", 10, 10, 5, "", 80), HasSubstr("100 %"));
  EXPECT_THAT(progress_line("x", 12, 10, 5, "", 80), HasSubstr("100 %"));
  EXPECT_THAT(progress_line("x", 0, 0, 5, "", 80), HasSubstr("  0 %"));
  EXPECT_THAT(progress_line("x", 999, 1000, 5, "", 80), HasSubstr(" 99 %"));
}

TEST(Progress, BarGivesWayToTheWords) {
  const auto line = progress_line("train seed 0, grouped40", 1, 4, 600, "loss 4.21  350 tok/s", 80);
  EXPECT_THAT(line, HasSubstr("  30 min 00 s left"));
  EXPECT_THAT(line, HasSubstr("[#......]"));
}

TEST(Progress, LineIsNeverWiderThanTheTerminal) {
  for (std::size_t width : {10u, 40u, 79u})
    EXPECT_LE(columns(progress_line("a long label", 1, 3, 1e6, std::string(90, 'n'), width)),
              width);
}

TEST(Progress, ShortWorkIsSilent) {
  testing::internal::CaptureStderr();
  {
    Progress progress("quick", 3);
    for (long i = 1; i <= 3; ++i) progress.update(i);
    progress.finish();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

/// stderr is no terminal here.
TEST(Progress, ALineEveryTenSecondsAndOneAtTheEnd) {
  using std::chrono::milliseconds;
  Progress::Time now{};
  testing::internal::CaptureStderr();
  Progress progress("train", 40, [&] { return now; });
  const auto at = [&](long ms, long done) {
    now = Progress::Time(milliseconds(ms));
    progress.update(done, fmt::format("unit {}", done));
  };
  at(1000, 1), at(9900, 9), at(10'000, 10), at(19'900, 20), at(20'100, 21);
  now = Progress::Time(milliseconds(40'000));
  progress.finish("loss 3.1");
  progress.finish("twice");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "train  [#####...............]  25 %  unit 10  30 s left\n"
            "train  [##########..........]  52 %  unit 21  18 s left\n"
            "train  40 s  loss 3.1\n");
}

}  // namespace
}  // namespace rc
