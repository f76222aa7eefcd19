// The real Makefile over stages that only pretend to work.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "pipeline/files/artifact.h"
#include "pipeline/testing.h"
#include "tests/shell.h"

namespace rc {

inline const std::vector<std::string> kFigures = {
    "loss",           "arm_losses",     "spectra",        "gamma_heatmap",
    "surgery_impact", "surgery_orders", "effective_rank", "difficulty_deciles",
    "kernel_speedup", "low_rank"};
inline constexpr int kOnce = 4, kEach = 7;  // stages once a profile, and for every seed and arm

class Chain : public testing::Test {
 protected:
  Chain() {
    write_text("corpus.txt", "first line\nsecond line\n");
    write_text("profiles/mini.conf", "seeds = 0\narms = learned\n");
    for (const char* arm : {"learned", "copy", "thin16"})
      write_text(fmt::format("profiles/arms/{}.conf", arm), "about = one of them\n");
    write_text("paper/templates/paper.md", "text");
    write_text("paper/originals.json", "{}");
    std::filesystem::copy_file(std::filesystem::path(RC_SOURCE) / "Makefile", "Makefile");
    std::filesystem::create_directories("build/bin");
    write_text("build/build.ninja", "");
    for (const char* program : {"prepare", "plan"})
      std::filesystem::create_symlink(std::filesystem::path(RC_BIN) / program,
                                      std::filesystem::path("build/bin") / program);
    script("build/bin/environment", "[ -e $2 ] || echo '{}' > $2; echo asked >> asked");
    script("build/bin/verdicts", "echo the claims");
    script("tools/cmake", "exit 0");
    for (const std::string stage :
         {"tokenize", "train", "snapshot", "measure-rank", "ablate", "low-rank", "heal",
          "correlate", "time-kernels", "collect", "render"})
      stand_in(stage);
    for (const auto& figure : kFigures) {
      write_text("figures/" + figure + ".cpp", "");
      stand_in("figure-" + figure);
    }
  }

  static void script(const std::filesystem::path& file, const std::string& text) {
    write_text(file, "#!/bin/sh\n" + text + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  static void stand_in(const std::string& stage) {
    const std::filesystem::path program = std::filesystem::path("build/bin") / stage;
    std::filesystem::create_symlink(STAND_IN, program);
    const auto described =
        shell(fmt::format("{} --describe build/descriptions/{}.json", program.string(), stage));
    ASSERT_EQ(described.status, 0) << described.output;
  }

  Outcome make(const std::string& words, const std::string& environment = "") {
    return shell(fmt::format("{} PATH=$PWD/tools:$PATH make PROFILE=mini {}", environment, words));
  }

  /// How many stages say that they run.
  static long runs(const Outcome& outcome) {
    std::istringstream lines(outcome.output);
    long count = 0;
    for (std::string line; std::getline(lines, line);)
      count += line.find(" run: ") != line.npos || line.find("  run:") != line.npos;
    return count;
  }

  static long all(long runs_of_seeds_and_arms = 1) {
    return kOnce + static_cast<long>(kFigures.size()) + kEach * runs_of_seeds_and_arms;
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
};

}  // namespace rc
