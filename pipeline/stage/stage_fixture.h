// A workshop for tests of stages: three small stages that read each other, with bodies of a line.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage_runner.h"
#include "pipeline/stage/staleness.h"
#include "pipeline/testing.h"

namespace rc {

inline constexpr auto kCutSettings = std::to_array<Setting>({
    {"cut.pieces", Kind::kInteger, "4096", "pieces", 300, 65536, "how many"},
    {"cut.text", Kind::kText, "corpus.txt", "path", 0, 0, "what is cut"},
});
inline constexpr auto kLearnSettings = std::to_array<Setting>({
    {"learn.steps", Kind::kInteger, "320", "steps", 8, 1e9, "how long"},
    {"device", Kind::kText, "auto", "auto|cpu|cuda", 0, 0, "where"},
    {"threads", Kind::kInteger, "0", "threads", 0, 64, "how many at once", false},
});

/// cut (once a profile, reads a text), learn (for every seed and arm, reads cut), draw (once a
/// profile, reads learn).
inline StageSpec stage_cut() {
  return {.name = "cut",
          .summary = "cut a text",
          .writes = "ids",
          .settings = {kCutSettings},
          .files = "the text"};
}

inline StageSpec stage_learn(const Environment& facts = {{"library", "1"},
                                                         {"auto.device", "cpu"}}) {
  return {.name = "learn",
          .summary = "learn it by heart",
          .writes = "weights",
          .scope = Scope::kRun,
          .settings = {kLearnSettings},
          .needs = {{"cut", ".ids"}},
          .environment = [facts](const Settings&) { return facts; }};
}

inline StageSpec stage_draw() {
  return {
      .name = "draw", .summary = "draw it", .writes = "a picture", .needs = {{"learn", ".json"}}};
}

class StageTest : public testing::Test {
 protected:
  StageTest() {
    write_text(program_, "version 1");
    write_text(corpus_, "some text");
  }

  Context cut(std::vector<std::string> overrides = {}) {
    overrides.push_back("profile=mini");
    return {cut_, Settings(all_tables(cut_), overrides), runs_, {corpus_}};
  }

  Context learn(std::vector<std::string> overrides = {}, long seed = 0,
                const std::string& arm = "learned") {
    const auto folder = run_dir(seed, arm);
    overrides.insert(overrides.end(),
                     {"profile=mini", "seed=" + std::to_string(seed), "arm=" + arm});
    return {learn_, Settings(all_tables(learn_), overrides), folder, {cut_manifest()}};
  }

  Context draw(const std::vector<std::filesystem::path>& manifests) {
    return {draw_, Settings(all_tables(draw_), {"profile=mini"}), runs_, manifests};
  }

  std::filesystem::path run_dir(long seed, const std::string& arm) {
    return runs_ / ("seed-" + std::to_string(seed)) / arm;
  }
  std::filesystem::path cut_manifest() { return runs_ / "manifest/cut.json"; }
  std::filesystem::path learn_manifest(long seed, const std::string& arm) {
    return run_dir(seed, arm) / "manifest/learn.json";
  }

  static std::function<void(Context&)> writes(const char* name, const std::string& text) {
    return [=](Context& c) {
      write_text(c.dir() / name, text);
      c.made(c.dir() / name);
    };
  }

  void run(Context context, const std::function<void(Context&)>& body, bool force = false) {
    testing::internal::CaptureStdout();
    try {
      run_stage(context, program_, force, body);
    } catch (...) {
      said_ = testing::internal::GetCapturedStdout();
      throw;
    }
    said_ = testing::internal::GetCapturedStdout();
  }

  void run_cut(const std::string& text = "ids") { run(cut(), writes("tokens/a.ids", text), true); }

  Staleness look(const Context& context) { return staleness(context, program_, Look::kBytes); }
  std::string reason(const Context& context) { return look(context).reason; }

  TestFolder folder_;
  StageSpec cut_ = stage_cut(), learn_ = stage_learn(), draw_ = stage_draw();
  std::filesystem::path program_ = folder_ / "program";
  std::filesystem::path corpus_ = folder_ / "corpus.txt";
  std::filesystem::path runs_ = folder_ / "runs/mini";
  std::string said_;
};

}  // namespace rc
