// A folder with what the stages before the figures would have left: small, made up, complete.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pipeline/files/artifact.h"
#include "pipeline/stage/stage.h"
#include "pipeline/testing.h"

namespace rc {

/// Works in a fresh folder with a profile `mini`; results lie in runs/mini as real stages leave
/// them.
class TestRuns {
 public:
  static constexpr int kLayers = 4, kWidth = 8;

  explicit TestRuns(const std::string& profile = "") {
    write_text("profiles/mini.conf", profile);
    write_text("profiles/laptop.conf", "");
  }

  /// Every stage's result for one seed and arm, and the kernel times.
  void write_all(long seed = 0, const std::string& arm = "learned") {
    write("measure-rank", "rank.json", rank(seed, arm), seed, arm);
    write("correlate", "correlation.json", correlation(seed, arm), seed, arm);
    write("ablate", "ablation.json", ablation(seed, arm), seed, arm);
    write("train", "train.json", train(seed, arm), seed, arm);
    write("time-kernels", "kernels.json", kernels());
  }

  /// Writes `result` as stage `name` would, manifest included; without arm, at the profile's level.
  void write(const std::string& name, const std::string& file, const nlohmann::json& result,
             long seed = 0, const std::string& arm = "") {
    StageSpec spec{.name = name, .summary = "", .writes = ""};
    if (!arm.empty()) spec.scope = Scope::kRun;
    std::vector<std::string> words{name, "--profile", "mini", "--force"};
    if (!arm.empty()) words.insert(words.end(), {"--seed", std::to_string(seed), "--arm", arm});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    const auto body = [&](Context& context) {
      write_json(context.dir() / file, result);
      context.made(context.dir() / file);
    };
    if (stage_main(spec, static_cast<int>(arguments.size()), arguments.data(), body) != 0)
      throw std::runtime_error("cannot write " + file);
  }

  static nlohmann::json rank(long seed, const std::string& arm) {
    auto result = head("measure-rank", seed, arm);
    result["plotted_layers"] = {1, 2, 2};
    result["coordinate_pr"] = grid(3, kLayers, 20.0 + static_cast<double>(seed));
    result["null"]["coordinate_pr"] = {{"gaussian", 22.7}, {"laplace", 13.9}};
    result["spectra"] = {{"gaussian", grid(1, kWidth, 1.0 / kWidth)[0]}};
    for (const char* keys : {"value", "same_gains", "permuted"})
      result["spectra"][keys] = grid(kLayers, kWidth, 1.0 / kWidth);
    return result;
  }

  static nlohmann::json correlation(long seed, const std::string& arm) {
    auto result = head("correlate", seed, arm);
    for (int step = 0; step < 3; ++step)
      result["gains_k"].push_back(grid(kLayers, kWidth, 1 + 0.1 * step));
    result["cosine"] = grid(kLayers, kLayers, 0.98);
    result["pearson"] = grid(kLayers, kLayers, -0.2);
    result["by_distance"] = {{"distance", {1, 2, 3}},
                             {"cosine", {0.98, 0.97, 0.96}},
                             {"pearson", {0.4, 0.3, 0.35}},
                             {"null_lo", {-0.1, -0.1, -0.2}},
                             {"null_hi", {0.1, 0.1, 0.2}}};
    return result;
  }

  static nlohmann::json ablation(long seed, const std::string& arm) {
    auto result = head("ablate", seed, arm);
    result["percent"] = {0, 50, 100};
    result["baseline"] = 5.0;
    result["uniform_attention"] = 5.5;
    for (const char* order :
         {"low_gain", "high_gain", "random", "product", "think", "pair", "frequency", "global",
          "global_shuffled", "low_gain_mean", "low_gain_temperature"})
      result["orders"][order] = {
          {"loss", {5.0, 5.1, 5.5}}, {"lo", {5.0, 5.05, 5.4}}, {"hi", {5.0, 5.2, 5.6}}};
    result["difficulty"] = {
        {"percent", 80}, {"decile", {1, 2, 3}}, {"token_loss", {0.1, 2.5, 9.0}}};
    for (const char* order : {"low_gain", "random"})
      result["difficulty"][order] = {
          {"rise", {0.1, 0.2, 0.4}}, {"lo", {-0.1, 0.1, 0.3}}, {"hi", {0.2, 0.3, 0.5}}};
    return result;
  }

  static nlohmann::json train(long seed, const std::string& arm) {
    auto result = head("train", seed, arm);
    result["curve"] = {{"step", {1, 2, 3, 4}}, {"train_loss", {8.0, 7.0, 6.5, 6.2}}};
    result["validation"] = {{"step", {0, 2, 4}}, {"loss", {8.3, 7.1, 6.3}}};
    result["floor"] = {{"unigram", 6.4}, {"bigram", 5.0}};
    return result;
  }

  static nlohmann::json kernels() {
    nlohmann::json row{
        {"width", 8}, {"percent", 0}, {"speedup", 1.0}, {"speedup_lo", 0.97}, {"speedup_hi", 1.02}};
    nlohmann::json thin{
        {"width", 4}, {"percent", 50}, {"speedup", 1.2}, {"speedup_lo", 1.1}, {"speedup_hi", 1.3}};
    const nlohmann::json phase{{"context", 64}, {"rows", {row, thin}}};
    auto whole = phase;
    for (auto& measured : whole["rows"]) measured["flops_bound"] = measured["bytes_bound"] = 1.1;
    return {{"stage", "time-kernels"},
            {"value_width", 8},
            {"phases", {{"prefill", phase}, {"decode", phase}}},
            {"inference", {{"prefill", whole}, {"decode", whole}}}};
  }

 private:
  static nlohmann::json head(const char* stage, long seed, const std::string& arm) {
    return {{"stage", stage},     {"seed", seed},      {"arm", arm},
            {"steps", {0, 2, 4}}, {"layers", kLayers}, {"d_k", kWidth}};
  }

  /// rows x columns values near `centre`, all different.
  static nlohmann::json grid(int rows, int columns, double centre) {
    nlohmann::json values;
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < columns; ++j)
        values[i][j] = centre * (1 + 0.01 * std::sin(i * columns + j));
    return values;
  }

  TestFolder folder_;
  WorkingFolder here_{folder_.path()};
};

}  // namespace rc
