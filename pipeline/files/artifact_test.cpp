#include "pipeline/files/artifact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::size_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

TEST(Artifact, MakesFoldersAndWritesWholeFile) {
  const TestFolder folder;
  EXPECT_TRUE(write_text(folder / "a/b/c.txt", "hello"));
  EXPECT_EQ(read_text(folder / "a/b/c.txt"), "hello");
  EXPECT_EQ(files_in(folder / "a/b"), 1u);
}

TEST(Artifact, LeavesUnchangedBytesAlone) {
  const TestFolder folder;
  const fs::path target = folder / "x";
  write_text(target, "same");
  const auto long_ago = fs::last_write_time(target) - std::chrono::hours(1);
  fs::last_write_time(target, long_ago);
  EXPECT_FALSE(write_text(target, "same"));
  EXPECT_EQ(fs::last_write_time(target), long_ago);
  EXPECT_TRUE(write_text(target, "diff"));
  EXPECT_EQ(read_text(target), "diff");
}

TEST(Artifact, ComparesLargeFilesToTheEnd) {
  const TestFolder folder;
  std::string text(3'000'000, 'a');
  write_text(folder / "x", text);
  text.back() = 'b';
  EXPECT_TRUE(write_text(folder / "x", text));
  EXPECT_EQ(read_text(folder / "x"), text);
}

TEST(Artifact, ExceptionLeavesTargetAndNoTemporary) {
  const TestFolder folder;
  write_text(folder / "x", "old");
  const auto produce = [](const fs::path& temporary) {
    write_text(temporary, "half");
    throw UserError("stopped");
  };
  EXPECT_EQ(user_error([&] { write_atomically(folder / "x", produce); }), "stopped");
  EXPECT_EQ(read_text(folder / "x"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(Artifact, NothingWrittenIsAnError) {
  const TestFolder folder;
  const auto error = user_error([&] { write_atomically(folder / "x", [](const fs::path&) {}); });
  EXPECT_THAT(error, HasSubstr("nothing was written"));
}

/// A limit on file sizes stands for a full disk.
TEST(Artifact, FullDiskNamesPathAndLeavesTarget) {
  const TestFolder folder;
  write_text(folder / "x", "old");
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto error = user_error([&] { write_text(folder / "x", std::string(5000, 'n')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_THAT(error, HasSubstr(folder.path().string()));
  EXPECT_THAT(error, HasSubstr("free some space"));
  EXPECT_THAT(error, HasSubstr("write 4000 bytes more to"));
  EXPECT_EQ(read_text(folder / "x"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(Artifact, UnusableFolderIsAUserError) {
  const TestFolder folder;
  write_text(folder / "file", "");
  const auto error = user_error([&] { write_text(folder / "file/below", "x"); });
  EXPECT_THAT(error, HasSubstr((folder / "file").string()));
}

TEST(Artifact, ReadingNamesTheFile) {
  const TestFolder folder;
  EXPECT_THAT(user_error([&] { read_text(folder / "none"); }), HasSubstr("none"));
  EXPECT_THAT(user_error([&] { read_text(folder.path()); }), HasSubstr("directory"));
  write_text(folder / "bad.json", "{\"a\": ");
  EXPECT_THAT(user_error([&] { read_json(folder / "bad.json"); }), HasSubstr("bad.json"));
}

TEST(Artifact, JsonKeepsEveryBitAndRowsOnALine) {
  const TestFolder folder;
  const nlohmann::json value = {{"third", 1.0 / 3}, {"rows", {{1, 2}, {3, 4}}}};
  write_json(folder / "x.json", value);
  EXPECT_EQ(read_json(folder / "x.json"), value);
  EXPECT_EQ(read_text(folder / "x.json"),
            "{\n \"rows\": [\n  [1,2],\n  [3,4]\n ],\n \"third\": 0.3333333333333333\n}\n");
}

}  // namespace
}  // namespace rc
