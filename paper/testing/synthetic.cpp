#include "paper/testing/synthetic.h"

#include <fmt/format.h>

#include <cmath>

#include "paper/collect/derive.h"
#include "paper/collect/merge.h"
#include "paper/verdict/verdict.h"
#include "pipeline/artifact.h"

namespace rc {
namespace {

using nlohmann::json;

constexpr int kLayers = 22;
constexpr int kWidth = 64;

/// Collects numbers; `wobble` makes seeds differ.
class Maker {
 public:
  explicit Maker(long seed) : wobble_(1 + 0.01 * static_cast<double>(seed)) {}
  void plain(const std::string& name, double value, const std::string& unit) {
    numbers_[name] = {value * wobble_, unit, 1, {}};
  }
  void measured(const std::string& name, double value, const std::string& unit) {
    const double reach = 0.02 * std::abs(value) + 0.001;
    numbers_[name] = {value * wobble_, unit, 1,
                      Interval{value * wobble_ - reach, value * wobble_ + reach, 0.95,
                               "bootstrap over sequences"}};
  }
  json numbers() const { return to_json(numbers_); }

 private:
  double wobble_;
  Numbers numbers_;
};

json train_result(Maker maker) {
  maker.measured("loss", 5.43, "nats/token");
  maker.plain("train.initial_loss", 8.31, "nats/token");
  maker.plain("train.tokens_per_second", 11230, "tokens/s");
  maker.plain("train.seconds", 125, "s");
  maker.plain("train.parameters", 5242880, "parameters");
  maker.plain("train.steps", 320, "steps");
  maker.plain("train.tokens", 1310720, "tokens");
  return {{"numbers", maker.numbers()},
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

json ablation_result(Maker maker) {
  const double benefit = 0.31;
  for (const auto& [order, steepness] :
       {std::pair{"low_gain", 3.0}, {"random", 1.2}, {"high_gain", 0.5}}) {
    for (const int percent : {20, 40, 50, 60, 80, 90, 95, 100}) {
      const double share = std::pow(percent / 100.0, steepness);
      const auto name = fmt::format("ablate.{}.{}", order, percent);
      maker.measured(name, share * benefit, "nats/token");
      maker.measured(name + ".share", share, "share");
    }
    maker.plain(std::string("ablate.removable_fraction.") + order, 0.2, "share");
  }
  maker.measured("ablate.attention_benefit", benefit, "nats/token");
  maker.plain("ablate.baseline", 5.45, "nats/token");
  maker.plain("ablate.uniform_attention", 5.76, "nats/token");
  return {{"numbers", maker.numbers()}};
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
  for (const std::string what : {"pearson", "pair_level", "pair_difference"}) {
    maker.plain("correlate." + what + ".mean", 0.121, "correlation");
    maker.plain("correlate." + what + ".null_99", 0.018, "correlation");
    maker.plain("correlate." + what + ".p", 0.001, "probability");
  }
  maker.plain("correlate.spearman.mean", 0.117, "correlation");
  maker.plain("correlate.top8.overlap", 1.7, "dimensions");
  maker.plain("correlate.top8.null", 1, "dimensions");
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
  if (stage == "train") result = train_result(maker);
  if (stage == "measure-rank") result = rank_result(maker);
  if (stage == "ablate") result = ablation_result(maker);
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

json synthetic_collection() {
  std::vector<StageResult> results;
  for (const std::string stage : {"train", "measure-rank", "ablate", "correlate", "time-kernels"}) {
    StageResult result{.file = stage + ".json",
                       .once = stage == "time-kernels",
                       .data = synthetic_result(stage, kMainArm, 0)};
    result.numbers = numbers_from_json(result.data.at("numbers"));
    results.push_back(result);
  }
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
          {"arms", {kMainArm}},
          {"numbers", to_json(numbers)},
          {"sources", sources},
          {"verdicts", verdicts(numbers)},
          {"provenance", provenance_of_nothing()}};
}

}  // namespace rc
