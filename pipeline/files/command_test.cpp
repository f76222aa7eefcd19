#include "pipeline/files/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

using testing::AllOf;
using testing::HasSubstr;

CommandResult shell(const std::string& script) {
  return run_command({.program = "sh", .arguments = {"-c", script}, .folder = "/"});
}

TEST(Command, SaysWhatIsNotInstalled) {
  EXPECT_THAT(user_error([] { run_command({.program = "no-such-program"}); }),
              AllOf(HasSubstr("no-such-program"), HasSubstr("not installed")));
}

TEST(Command, SaysWhatCannotBeStarted) {
  const TestFolder folder;
  write_text(folder / "text", "no program");
  EXPECT_THAT(user_error([&] { run_command({.program = (folder / "text").string()}); }),
              HasSubstr("cannot start"));
}

TEST(Command, IsNotStartedWhereTooFewFilesMayBeOpen) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{.rlim_cur = 40, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto told = user_error([] { shell("true"); });
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(told, AllOf(HasSubstr("cannot start sh"), HasSubstr("Too many open files: 40 are")));
}

TEST(Command, TellsStatusAndOutput) {
  const auto result = shell("echo out; echo err >&2; pwd; exit 3");
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.output, "out\n/\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(result.text(), "out\n/\nerr\n");
}

TEST(Command, ReadsItsInputAndEnvironment) {
  const std::string bytes("a\0b", 3);
  EXPECT_EQ(run_command({.program = "cat", .input = bytes}).output, bytes);
  const auto told = run_command({.program = "sh",
                                 .arguments = {"-c", "echo $WORD $SOURCE_DATE_EPOCH"},
                                 .environment = {{"WORD", "told"}}});
  EXPECT_EQ(told.output, "told 0\n");
}

/// Nobody reads what this one is given; a pipe would fill up, or break.
TEST(Command, MayStopBeforeItHasReadAll) {
  EXPECT_EQ(
      run_command({.program = "true", .input = std::string(std::size_t{1} << 20, 'x')}).status, 0);
}

TEST(Command, EndedByASignalHasFailed) { EXPECT_EQ(shell("kill -KILL $$").status, 128 + SIGKILL); }

TEST(Command, FailuresCountAlsoWhereChildrenAreIgnored) {
  ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(shell("exit 3").status, 3);
  ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(shell("kill -KILL $$").status, 128 + SIGKILL);
  ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(shell("exit 0").status, 0);
  ::signal(SIGCHLD, SIG_DFL);
}

}  // namespace
}  // namespace rc
