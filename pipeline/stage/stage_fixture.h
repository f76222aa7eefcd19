// A workshop for tests of stages: stages of the real graph over a corpus of a line, with bodies of
// a line.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/dag.h"
#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage_runner.h"
#include "pipeline/testing.h"

namespace rc {

class StageTest : public testing::Test {
 protected:
  StageTest() {
    write_text(program_, "version 1");
    write_text(corpus_, "some text");
  }

  Context context(const char* name, std::vector<std::string> overrides = {}, long seed = 0,
                  const char* arm = "learned") {
    overrides.push_back("corpus.path=" + corpus_.string());
    return {stage(name), Profile::defaults(overrides), folder_ / "runs", seed, arm};
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

  void tokenize(const std::string& text = "ids") {
    run(context("tokenize"), writes("tokens/tokens.safetensors", text), true);
  }

  std::string reason(const Context& context) { return assess(context, program_).reason; }

  TestFolder folder_;
  std::filesystem::path program_ = folder_ / "program";
  std::filesystem::path corpus_ = folder_ / "corpus.txt";
  std::filesystem::path runs_ = folder_ / "runs/defaults";
  std::string said_;
};

}  // namespace rc
