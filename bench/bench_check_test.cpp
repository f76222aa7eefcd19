// bench-check with programs that time for real, and bench/check with a compiler that pretends.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/testing.h"

namespace rc {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

/// Folders of two revisions, each with a bench-attention and nothing else.
class TwoRevisions : public testing::Test {
 protected:
  TwoRevisions() {
    fs::create_directory(folder_ / "normal");
    fs::create_directory(folder_ / "slowed");
    fs::create_symlink(RC_BIN "/bench-attention", folder_ / "normal" / "bench-attention");
    fs::create_symlink(RC_BIN "/bench-attention-slowed", folder_ / "slowed" / "bench-attention");
  }

  /// Tasks small enough for half a second a run, most of it LibTorch's start.
  CommandResult check(const char* base, const char* now, const char* rounds,
                      const std::string& more = "") const {
    std::vector<std::string> arguments = {
        "--base",
        folder_ / base,
        "--called",
        "v1",
        "--now",
        folder_ / now,
        "--set",
        "kernels.percents=60 kernels.prefill_context=128 kernels.decode_context=512" + more,
        "--rounds",
        rounds,
        "--seconds",
        "0.01"};
    return run_command({.program = RC_BIN "/bench-check", .arguments = arguments});
  }

  TestFolder folder_;
};

/// The lines of a table that begin with `start`.
std::string lines_of(const std::string& table, const std::string& start) {
  std::istringstream lines(table);
  std::string found;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(start)) found += line + "\n";
  return found;
}

TEST_F(TwoRevisions, DecodingTwiceFailsAndIsNamed) {
  const auto result = check("normal", "slowed", "5");
  EXPECT_EQ(result.status, 1) << result.text();
  EXPECT_THAT(result.errors, HasSubstr("bench-check: error: slower than v1: decode/highway/"));
  for (const char* name : {"decode/highway/width:64 by ", "decode/highway/width:26 by ",
                           "decode/highway/cold/width:64 by ", "decode/highway/cold/width:26 by "})
    EXPECT_THAT(result.errors, HasSubstr(name));
  EXPECT_THAT(result.errors, Not(HasSubstr("prefill"))) << "which is as it was";
  EXPECT_NE(lines_of(result.output, "prefill/"), "") << "but compared";
}

TEST_F(TwoRevisions, AProgramIsNotSlowerThanItself) {
  const auto result = check("normal", "normal", "7");
  EXPECT_EQ(result.status, 0) << result.text();
  EXPECT_THAT(result.output, AllOf(HasSubstr("1 thread, 7 rounds"), Not(HasSubstr(" slower\n"))));
  EXPECT_THAT(result.output, HasSubstr("training steps are not compared: v1 has no bench-train"));
}

TEST_F(TwoRevisions, ASettingThatARevisionRefusesIsALine) {
  const auto result = check("normal", "slowed", "5", " kernels.heads=no");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("bench-attention of v1 failed: "),
                                   HasSubstr("kernels.heads"), EndsWith("\n")));
  EXPECT_EQ(std::ranges::count(result.errors, '\n'), 1) << result.errors;
}

TEST_F(TwoRevisions, AProgramThatIsMissingIsALine) {
  fs::remove(folder_ / "slowed" / "bench-attention");
  EXPECT_THAT(check("normal", "slowed", "5").errors,
              HasSubstr("slowed/bench-attention; make bench-check builds it"));
}

/// Programs that only say when they ran, and where, and that they took so many seconds.
class Pretending : public testing::Test {
 protected:
  void pretend(const std::string& side, double seconds) {
    const auto program = folder_ / side / "bench-attention";
    fs::create_directories(program.parent_path());
    write_text(program, fmt::format(R"(#!/bin/sh
echo "{} $0" >>'{}'
for option; do
  case $option in --benchmark_out=*)
    echo '{{"benchmarks": [{{"name": "decode", "fastest_s": {}}}]}}' >"${{option#*=}}" ;;
  esac
done
)",
                                    side, log().string(), seconds));
    fs::permissions(program, fs::perms::owner_all);
  }

  int status_of(double base, double now) {
    pretend("base", base);
    pretend("now", now);
    return run_command({.program = RC_BIN "/bench-check",
                        .arguments = {"--base", folder_ / "base", "--now", folder_ / "now",
                                      "--rounds", "6"}})
        .status;
  }

  fs::path log() const { return folder_ / "log"; }

  TestFolder folder_;
};

TEST_F(Pretending, FivePercentAreAllowed) {
  EXPECT_EQ(status_of(1, 1.04), 0);
  EXPECT_EQ(status_of(1, 1.06), 1);
  EXPECT_EQ(status_of(1, 0.5), 0);
}

TEST_F(Pretending, SidesTakeTurnsAndRunFromOnePathARound) {
  status_of(1, 1);
  std::istringstream runs(read_text(log()));
  std::string first, first_path, second, second_path;
  std::set<std::size_t> lengths;
  for (int round = 0; round < 6; ++round) {
    runs >> first >> first_path >> second >> second_path;
    EXPECT_EQ(first + " " + second, round % 2 == 0 ? "base now" : "now base");
    EXPECT_EQ(first_path, second_path);
    EXPECT_FALSE(fs::exists(first_path)) << "it is cleared away";
    lengths.insert(first_path.size());
  }
  EXPECT_EQ(lengths.size(), 6u);
}

/// A repository of two commits with bench/check in it; cmake and bench-check only say how they were
/// called, in a file `calls`.
class Script : public testing::Test {
 protected:
  Script() {
    fs::create_directories(folder_ / "tree/bench");
    fs::create_directories(folder_ / "tools");
    fs::create_directories(folder_ / "tree/build/bin");
    fs::copy("bench/check", folder_ / "tree/bench/check");
    write_text(folder_ / "tree/bench/bench_attention_main.cpp", "of the first\n");
    write_text(folder_ / "tree/bench/bench_train.cpp", "prints a table\n");
    write_text(folder_ / "tree/.gitignore", "/build/\n");
    write_text(
        folder_ / "tree/build/CMakeCache.txt",
        "CMAKE_GENERATOR:INTERNAL=Ninja\nCMAKE_CXX_FLAGS:STRING=-O1 -Werror\nOTHER:STRING=x\n");
    pretend("tools/cmake");
    pretend("tree/build/bin/bench-check");
    git("init -q && git add . && git commit -qm first");
    write_text(folder_ / "tree/bench/bench_attention_main.cpp", "of the second\n");
    git("commit -qam second");
  }

  void pretend(const std::string& program) {
    write_text(folder_ / program, fmt::format("#!/bin/sh\necho \"$(basename $0) $*\" >>'{}'\n",
                                              (folder_ / "calls").string()));
    fs::permissions(folder_ / program, fs::perms::owner_all);
  }

  std::string git(const std::string& arguments) {
    return in_tree(
               "export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b "
               "GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; git " +
               arguments)
        .output;
  }

  CommandResult in_tree(const std::string& command) {
    return run_command({.program = "sh",
                        .arguments = {"-c", "export PATH='" + (folder_ / "tools").string() +
                                                "':$PATH; " + command},
                        .folder = folder_ / "tree"});
  }

  /// What was called since this was asked last.
  std::string calls() {
    const auto text = fs::exists(folder_ / "calls") ? read_text(folder_ / "calls") : "";
    fs::remove(folder_ / "calls");
    return text;
  }

  TestFolder folder_;
};

TEST_F(Script, WithoutAReleaseSaysWhatToDo) {
  const auto result = in_tree("bench/check build");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.errors,
            "bench-check: there is no release to compare with, no tag v*; name a revision: make "
            "bench-check BASE=HEAD~1\n");
  EXPECT_EQ(calls(), "");
}

TEST_F(Script, ARevisionThatIsNoneIsALine) {
  for (const char* base : {"nonsense", "--help", "HEAD:bench", "v1..v2"}) {
    const auto result = in_tree(fmt::format("bench/check build {}", base));
    EXPECT_EQ(result.status, 1) << base;
    EXPECT_THAT(result.errors, testing::StartsWith(fmt::format(
                                   "bench-check: BASE={} is no revision here; ", base)));
    EXPECT_EQ(std::ranges::count(result.errors, '\n'), 1) << result.errors;
  }
  EXPECT_EQ(calls(), "");
}

TEST_F(Script, CompilesTheLastReleaseAsThisRevisionIs) {
  git("tag v0.1.0 HEAD~1 && git tag other");
  const auto result = in_tree("bench/check build");
  EXPECT_EQ(result.status, 0) << result.text();
  EXPECT_THAT(result.output, HasSubstr("bench-check: v0.1.0 ("));
  const auto called = calls();
  EXPECT_THAT(called, AllOf(HasSubstr("-G Ninja -DCMAKE_CXX_FLAGS:STRING=-O1 -Werror\n"),
                            Not(HasSubstr("OTHER"))));
  EXPECT_THAT(called, HasSubstr("/build --target bench-attention -j")) << "and no bench-train";
  EXPECT_THAT(called, EndsWith(" --called v0.1.0\n"));
  const auto home = "build/base/" + in_tree("git rev-parse --short v0.1.0").output;
  const auto tree = folder_ / "tree" / home.substr(0, home.size() - 1) / "tree";
  EXPECT_EQ(read_text(tree / "bench/bench_attention_main.cpp"), "of the first\n");
  EXPECT_EQ(git("status --porcelain && git worktree list | wc -l"), "1\n");
}

TEST_F(Script, KeepsWhatItCompiledUntilTheFlagsChange) {
  in_tree("bench/check build HEAD~1");
  EXPECT_THAT(calls(), HasSubstr("cmake -S "));
  const auto again = in_tree("bench/check build HEAD~1");
  EXPECT_EQ(again.output, "");
  EXPECT_THAT(calls(), Not(HasSubstr("cmake -S ")));
  write_text(folder_ / "tree/build/CMakeCache.txt",
             "CMAKE_GENERATOR:INTERNAL=Ninja\nCMAKE_CXX_FLAGS:STRING=-O3\n");
  in_tree("bench/check build HEAD~1");
  EXPECT_THAT(calls(), HasSubstr("-DCMAKE_CXX_FLAGS:STRING=-O3\n"));
}

}  // namespace
}  // namespace rc
