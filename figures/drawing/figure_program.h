// For tests that run the figure programs over the golden run.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "pipeline/files/artifact.h"
#include "pipeline/files/command.h"
#include "pipeline/files/hash.h"
#include "pipeline/stage/golden_run.h"
#include "pipeline/stage/manifest.h"

namespace rc {

namespace fs = std::filesystem;
using nlohmann::json;

inline const std::string kLearned = "seed-0/learned/";

inline std::vector<std::string> figure_names() {
  std::vector<std::string> names;
  std::error_code elsewhere;  // tests run from the repository's root
  for (const auto& entry : fs::directory_iterator("figures", elsewhere))
    if (entry.path().extension() == ".cpp") names.push_back(entry.path().stem().string());
  return names;
}

class FigureProgram : public testing::TestWithParam<std::string> {
 protected:
  FigureProgram() { write_text(settings_, "profile=golden\n"); }

  static std::string program(const std::string& name) {
    return fmt::format("{}/figure-{}", FIGURE_PROGRAMS, name);
  }

  /// The stages that figure-<name> reads, as it says itself.
  std::vector<std::string> stages_of(const std::string& name) {
    const auto description = run_.folder() / "description.json";
    run_command({.program = program(name), .arguments = {"--describe", description.string()}});
    const json described = read_json(description);
    std::vector<std::string> stages;
    for (const auto& need : described.at("needs")) stages.push_back(need.at("stage"));
    return stages;
  }

  /// Words of a command line that draws figure-<name> of these arms.
  std::vector<std::string> words(const std::string& name, const std::vector<std::string>& arms) {
    std::vector<std::string> words = {"--settings", settings_.string(), "--out",
                                      run_.folder().string(), "--force"};
    const auto stages = stages_of(name);
    const bool of_all = stages == std::vector<std::string>{"collect"};
    for (const auto& input : of_all ? std::vector{collected()} : run_.inputs(stages, {0}, arms))
      words.push_back(input.string());
    return words;
  }

  /// The manifest of a numbers.json that holds `collected_`: the golden run keeps what stages wrote
  /// that collect reads, and none of its own.
  fs::path collected() {
    write_json(run_.folder() / "numbers.json", collected_);
    Manifest manifest{.stage = "collect", .key = "0", .program = "0"};
    manifest.outputs.emplace("numbers.json", digest_file(run_.folder() / "numbers.json"));
    const auto written = run_.folder() / "manifest/collect.json";
    write_json(written, to_json(manifest));
    return written;
  }

  /// Status of figure-<name>; keeps what it said on stderr.
  int draw(const std::string& name, const std::vector<std::string>& arms = {"learned"}) {
    return keep(run_command({.program = program(name), .arguments = words(name, arms)}));
  }

  /// Status of figure-loss, called by a shell after `before` and with another PATH.
  int draw_loss(const std::string& path, const std::string& before = "true") {
    auto arguments = words("loss", {"learned"});
    arguments.insert(arguments.begin(), {"-c", before + " && exec \"$0\" \"$@\"", program("loss")});
    return keep(run_command(
        {.program = "/bin/sh", .arguments = arguments, .environment = {{"PATH", path}}}));
  }

  int keep(const CommandResult& result) {
    error_ = result.errors;
    return result.status;
  }

  /// A PATH on which gnuplot is a script.
  std::string path_with_gnuplot(const std::string& script) {
    const auto file = run_.folder() / "bin/gnuplot";
    write_text(file, "#!/bin/sh\n" + script + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file.parent_path().string() + ":" + std::getenv("PATH");
  }

  fs::path drawn(const std::string& name, const char* extension) const {
    return run_.folder() / "figures" / (name + extension);
  }
  std::string svg(const std::string& name) const { return read_text(drawn(name, ".svg")); }

  /// Rises by decile as two seeds gave them.
  static json difficulty() {
    const json rises = {{"rise", {0.1, 0.2}}, {"lo", {0.05, 0.1}}, {"hi", {0.15, 0.3}}};
    return {{"percent", 80},
            {"decile", {1, 2}},
            {"token_loss", {0.7, 2.3}},
            {"low_gain", rises},
            {"random", rises}};
  }

  static json number(double value) {
    return {{"value", value}, {"lo", value - 0.1}, {"hi", value + 0.1}, {"unit", "x"}, {"n", 3}};
  }

  GoldenRun run_;
  json collected_ = {{"stage", "collect"},
                     {"difficulty", difficulty()},
                     {"arms", {"learned", "no_decay"}},
                     {"numbers",
                      {{"gains.fading.median", number(0.4)},
                       {"gains.no_decay.fading.median", number(0.1)},
                       {"ablate.attention_benefit", number(1.5)},
                       {"ablate.tokens4.attention_benefit", number(2.5)}}}};
  fs::path settings_ = run_.folder() / "figure.conf";
  std::string error_;
};

}  // namespace rc
