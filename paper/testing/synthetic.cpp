#include "paper/testing/synthetic.h"

#include <fmt/format.h>

#include <cmath>

#include "paper/collect/derive.h"
#include "paper/collect/merge.h"
#include "paper/testing/synthetic_maker.h"
#include "paper/verdict/verdict.h"
#include "pipeline/files/artifact.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr int kLayers = 22;
constexpr int kWidth = 64;

constexpr int kSequences = 32;

/// An arm's loss over that of arm learned.
double excess(const std::string& arm) {
  if (arm == "copy") return -5.38;
  if (arm == "thin16" || arm == "none") return 0.06;
  return arm == kMainArm ? 0 : 0.01;
}

/// Losses with this mean that differ between sequences, and a little between arms on each.
json sequences_about(double loss, double own) {
  json losses = json::array();
  for (int i = 0; i < kSequences; ++i)
    losses.push_back(loss + 0.04 * std::sin(i + 0.5) + 0.2 * own * std::cos(2 * i));
  return losses;
}

json train_result(Maker maker, const std::string& arm) {
  const double loss = 5.43 + excess(arm);
  maker.measured("loss", loss, "nats/token");
  maker.plain("train.kv_floats", arm == "thin16" || arm == "grouped40" ? 80 : 128,
              "floats/token/layer");
  maker.plain("train.initial_loss", 8.31, "nats/token");
  maker.plain("train.tokens_per_second", 11230, "tokens/s");
  maker.plain("train.seconds", 125, "s");
  maker.plain("train.parameters", 5242880, "parameters");
  maker.plain("train.steps", 320, "steps");
  maker.plain("train.tokens", 1310720, "tokens");
  return {{"numbers", maker.numbers()},
          {"final_sequences", sequences_about(loss * maker.wobble(), excess(arm))},
          {"floor", {{"unigram", 6.71}, {"bigram", 5.59}}},
          {"model",
           {{"layers", kLayers},
            {"d_model", 128},
            {"heads", 2},
            {"kv_heads", 1},
            {"d_k", kWidth},
            {"d_v", kWidth},
            {"d_ff", 512},
            {"context", 256},
            {"vocabulary", 4096}}}};
}

void add_score(Maker& maker, const std::string& name, const std::string& group, double value,
               double gaussian) {
  maker.measured(name + ".final." + group, value, "dimensions");
  maker.measured(name + ".ratio_to_gaussian." + group, value / gaussian, "ratio");
  for (const std::string null : {"same_gains", "permuted", "rotated"})
    maker.measured(name + ".ratio_to_" + null + "." + group, 0.9, "ratio");
  maker.plain(name + ".null.rotated." + group, 0.97 * gaussian, "dimensions");
  maker.plain(name + ".null.same_gains." + group, 0.93 * gaussian, "dimensions");
  maker.plain(name + ".null.permuted." + group, 1.02 * value, "dimensions");
}

json rank_result(Maker maker) {
  for (const std::string group : {"layer_1", "layer_mid", "layer_deep", "middle", "deep"}) {
    add_score(maker, "rank.coordinate_pr", group, 15.1, 22.7);
    maker.measured("rank.coordinate_pr.initial." + group, 22.9, "dimensions");
  }
  maker.measured("rank.coordinate_pr.initial", 22.9, "dimensions");
  maker.plain("rank.coordinate_pr.null.gaussian", 22.7, "dimensions");
  maker.plain("rank.coordinate_pr.null.laplace", 13.9, "dimensions");
  for (const std::string group : {"middle", "deep"}) {
    add_score(maker, "rank.coordinate_pr.after_rope", group, 15.8, 22.7);
    maker.plain("rank.coordinate_pr.after_rope.null.gaussian." + group, 22.7, "dimensions");
    add_score(maker, "rank.coordinate_pr.centred.before_rope", group, 16.2, 22.7);
    for (const std::string measure :
         {"pr_eigen", "pr_singular", "entropy_rank", "rank_90", "stable_rank"})
      for (const std::string centring : {"centred", "uncentred"})
        for (const std::string rope : {"before_rope", "after_rope"}) {
          const auto name = fmt::format("rank.{}.{}.{}", measure, centring, rope);
          add_score(maker, name, group, 24.3, 60.2);
          maker.plain(name + ".null.gaussian." + group, 60.2, "dimensions");
        }
    maker.measured("entropy.initial." + group, 0.991, "share");
    maker.measured("entropy.final." + group, 0.942, "share");
  }
  maker.measured("ghost.fraction.deep", 0.764, "share");
  maker.measured("ghost.fraction_vs_null.deep", 0.335, "share");
  maker.measured("entropy.spearman_with_pr", 0.412, "correlation");
  maker.measured("entropy.spearman_with_pr.final", 0.203, "correlation");
  return {{"numbers", maker.numbers()},
          {"d_k", kWidth},
          {"null", {{"coordinate_pr", {{"gaussian", 22.7}, {"laplace", 13.9}}}}}};
}

/// Gains whose order differs between seeds.
json gains_of(long seed) {
  json layers = json::array();
  for (int layer = 0; layer < kLayers; ++layer) {
    json gains = json::array();
    for (int i = 0; i < kWidth; ++i) gains.push_back(1 + 0.2 * std::sin(i * (seed + 1.5) + layer));
    layers.push_back(gains);
  }
  return layers;
}

json correlation_result(Maker maker, long seed) {
  for (const std::string null : {"", ".null"}) {
    maker.plain("gains.min" + null + ".layer_mid", 0.62, "gain");
    maker.plain("gains.max" + null + ".layer_mid", 1.71, "gain");
    maker.plain("gains.survivors" + null + ".layer_mid", 7, "dimensions");
  }
  maker.plain("gains.cv.layer_mid", 0.213, "ratio");
  maker.plain("gains.lock_in.step_fraction", 0.44, "share");
  maker.plain("correlate.cosine.mean", 0.962, "cosine");
  maker.plain("correlate.cosine.min", 0.931, "cosine");
  maker.plain("correlate.cosine.null_mean", 0.957, "cosine");
  maker.plain("correlate.cosine.from_cv", 0.956, "cosine");
  for (const std::string what : {"pearson", "pair_level", "pair_difference", "by_frequency"}) {
    maker.plain("correlate." + what + ".mean", 0.121, "correlation");
    maker.plain("correlate." + what + ".null_99", 0.018, "correlation");
    maker.plain("correlate." + what + ".p", 0.001, "probability");
  }
  maker.plain("correlate.spearman.mean", 0.117, "correlation");
  maker.plain("correlate.spearman.p", 0.001, "probability");
  maker.plain("correlate.top8.overlap", 1.7, "dimensions");
  maker.plain("correlate.top8.null", 1, "dimensions");
  maker.plain("correlate.top8.p", 0.002, "probability");
  return {{"numbers", maker.numbers()}, {"gains_k", {gains_of(seed), gains_of(seed)}}};
}

json kernels_result(Maker maker) {
  for (const std::string phase : {"prefill", "decode"})
    for (const int percent : {25, 50, 60, 62, 75, 81, 87}) {
      const double cap = 1 / (1 - percent / 200.0);
      maker.measured(fmt::format("kernels.{}.speedup.{}", phase, percent), 0.95 * cap, "ratio");
      maker.plain(fmt::format("kernels.{}.cap.{}", phase, percent), cap, "ratio");
      for (const std::string by : {"flops", "bytes"})
        maker.plain(fmt::format("amdahl.{}.{}.{}", phase, by, percent), 1 + 0.1 * cap, "ratio");
      if (phase == "prefill")
        maker.plain(fmt::format("amdahl.highest.{}", percent), 1 + 0.1 * cap, "ratio");
    }
  maker.plain("amdahl.highest.all", 1.5, "ratio");
  return {{"numbers", maker.numbers()}};
}

json provenance_of_nothing() {
  json settings;
  for (const auto* name :
       {"train.muon_lr", "train.adam_lr", "ablate.sequences", "ablate.random_draws",
        "correlate.permutations", "snapshot.sequences", "corpus.path"})
    settings[name] = "8";
  return {{"git_revision", "0000000"},
          {"compiler", "GCC"},
          {"cpu", "Some (R) CPU_1 & 50 % #2"},
          {"corpus_sha256", std::string(64, 'a')},
          {"stages",
           {{{"stage", "train"}, {"runs", 1}, {"wall_seconds", 130.0}, {"facts", "device cpu"}}}},
          {"settings", settings}};
}

}  // namespace

json synthetic_result(const std::string& stage, const std::string& arm, long seed) {
  const Maker maker(seed);
  json result;
  if (stage == "train") result = train_result(maker, arm);
  if (stage == "measure-rank") result = rank_result(maker);
  if (stage == "ablate") result = synthetic_ablation(maker, arm);
  if (stage == "correlate") result = correlation_result(maker, seed);
  if (stage == "time-kernels") result = kernels_result(maker);
  result["stage"] = stage;
  if (stage == "time-kernels") return result;
  result["arm"] = arm;
  result["seed"] = seed;
  return result;
}

json synthetic_tokens() {
  return {{"stage", "tokenize"},      {"corpus_sha256", std::string(64, 'a')},
          {"corpus_bytes", 40123456}, {"used_bytes", 40000000},
          {"train_tokens", 10345678}, {"validation_tokens", 209876},
          {"bytes_per_token", 3.79}};
}

const std::vector<std::string>& all_arms() {
  static const std::vector<std::string> arms = {
      kMainArm,    "frozen",           "none",         "copy", "thin32", "thin16", "grouped40",
      "virtual12", "virtual12_random", "rope_shuffled"};
  return arms;
}

json synthetic_collection(const std::vector<std::string>& arms) {
  std::vector<StageResult> results;
  const auto add = [&](const std::string& stage, const std::string& arm) {
    StageResult result{.file = stage + "-" + arm + ".json",
                       .arm = arm,
                       .once = stage == "time-kernels",
                       .data = synthetic_result(stage, arm, 0)};
    result.numbers = numbers_from_json(result.data.at("numbers"));
    results.push_back(result);
  };
  for (const auto& arm : arms)
    for (const auto* stage : {"train", "measure-rank", "ablate", "correlate"}) add(stage, arm);
  add("time-kernels", kMainArm);
  derive_in_results(results);
  Numbers numbers = merge(results);
  derive_over_results(numbers, results);
  for (const auto& [name, number] : corpus_numbers(synthetic_tokens())) numbers[name] = number;
  const json originals = read_json("paper/originals.json");
  for (const auto& [name, number] : numbers_from_json(originals)) numbers[name] = number;
  json sources;
  for (const auto& [name, number] : originals.items()) sources[name] = number.at("source");
  return {{"profile", "synthetic"},
          {"seeds", {0}},
          {"arms", arms},
          {"numbers", to_json(numbers)},
          {"sources", sources},
          {"verdicts", verdicts(numbers)},
          {"provenance", provenance_of_nothing()}};
}

}  // namespace rc
