#include "paper/collect/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "pipeline/error.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

using nlohmann::json;

Number plain(double value, std::string unit) { return {value, std::move(unit), 1, {}}; }

void derive_from_train(Numbers& numbers, const json& data) {
  for (const auto& [name, unit] : {std::pair{"layers", "layers"},
                                   {"d_model", "floats"},
                                   {"heads", "heads"},
                                   {"kv_heads", "heads"},
                                   {"d_k", "floats"},
                                   {"d_ff", "floats"},
                                   {"context", "tokens"},
                                   {"vocabulary", "pieces"}})
    add_new(numbers, std::string("model.") + name, plain(data.at("model").at(name), unit));
  for (const auto* floor : {"unigram", "bigram"})
    add_new(numbers, std::string("floor.") + floor,
            plain(data.at("floor").at(floor), "nats/token"));
}

void derive_from_rank(Numbers& numbers, const json& data) {
  const auto null = numbers.find("rank.coordinate_pr.null.gaussian");
  if (null == numbers.end()) return;
  const double share = 1 - null->second.value / data.at("d_k").get<double>();
  add_new(numbers, "ghost.fraction.gaussian", plain(share, "share"));
}

void derive_from_gains(Numbers& numbers) {
  const auto least = numbers.find("gains.min.layer_mid");
  const auto most = numbers.find("gains.max.layer_mid");
  if (least == numbers.end() || most == numbers.end() || least->second.value <= 0) return;
  add_new(numbers, "gains.ratio.layer_mid",
          plain(most->second.value / least->second.value, "ratio"));
}

const StageResult* find(const std::vector<StageResult>& results, const std::string& stage,
                        const std::string& arm, long seed) {
  for (const auto& r : results)
    if (r.data.value("stage", "") == stage && r.arm == arm && r.seed == seed) return &r;
  return nullptr;
}

constexpr int kBootstrap = 2000;
constexpr std::size_t kFewSequences = 5;  // fewer resamples repeat too often to call it an interval

/// Final loss of every validation sequence; nothing where the file does not tell.
std::vector<double> sequences_of(const StageResult& result) {
  std::vector<double> losses;
  for (const json& loss : result.data.value("final_sequences", json::array()))
    if (loss.is_number()) losses.push_back(loss);
  return losses;
}

/// What the arm loses more than the main arm, one value a validation sequence.
std::vector<double> paired_differences(const StageResult& arm, const StageResult& main) {
  auto differences = sequences_of(arm);
  const auto base = sequences_of(main);
  if (differences.empty() || differences.size() != base.size())
    throw UserError(fmt::format(
        "{} and {} hold the final losses of {} and {} sequences (final_sequences), which do not "
        "pair; run stage train again for both",
        arm.file.string(), main.file.string(), differences.size(), base.size()));
  for (std::size_t i = 0; i < base.size(); ++i) differences[i] -= base[i];
  return differences;
}

/// One sequence has no spread, and so no interval.
std::optional<Interval> over_sequences(const std::vector<double>& differences) {
  if (differences.size() < 2) return std::nullopt;
  auto interval = bootstrap(differences.size(), kBootstrap, 0, [&](auto indices) {
    double sum = 0;
    for (const auto i : indices) sum += differences[i];
    return sum / static_cast<double>(indices.size());
  });
  if (differences.size() < kFewSequences)
    interval.method += fmt::format(", only {} of them", differences.size());
  return interval;
}

/// Loss of `arm` less that of the main arm, over the seeds that have both.
void add_loss_difference(Numbers& numbers, const std::vector<StageResult>& results,
                         const std::string& arm) {
  std::vector<double> differences;
  Number number{0, "nats/token", 0, {}};
  for (const auto& main : results) {
    if (main.data.value("stage", "") != "train" || main.arm != kMainArm) continue;
    const auto* other = find(results, "train", arm, main.seed);
    if (!other) continue;
    const auto paired = paired_differences(*other, main);
    differences.push_back(mean(paired));
    number.interval = over_sequences(paired);
  }
  if (differences.empty()) return;
  number.value = mean(differences);
  number.n = static_cast<int>(differences.size());
  if (number.n > 1) number.interval = t_interval(differences);
  add_new(numbers, "loss_difference." + arm, number);
}

/// Final key gains of the main arm, [seeds][layers][d_k].
std::vector<std::vector<std::vector<double>>> final_gains(const std::vector<StageResult>& results) {
  std::vector<std::vector<std::vector<double>>> gains;
  for (const auto& result : results)
    if (result.arm == kMainArm && result.data.contains("gains_k"))
      gains.push_back(result.data.at("gains_k").back());
  return gains;
}

void add_seeds_spearman(Numbers& numbers, const std::vector<StageResult>& results) {
  const auto gains = final_gains(results);
  std::vector<double> correlations;
  for (std::size_t a = 0; a < gains.size(); ++a)
    for (std::size_t b = a + 1; b < gains.size(); ++b)
      for (std::size_t layer = 0; layer < gains[a].size(); ++layer)
        correlations.push_back(spearman(gains[a][layer], gains[b].at(layer)));
  if (correlations.empty()) return;
  add_new(numbers, "gains.seeds_spearman",
          {mean(correlations), "correlation", static_cast<int>(gains.size()), {}});
}

}  // namespace

void derive_in_results(std::vector<StageResult>& results) {
  for (auto& result : results) {
    const auto stage = result.data.value("stage", "");
    try {
      if (stage == "train" && result.arm == kMainArm)
        derive_from_train(result.numbers, result.data);
      if (result.data.contains("null")) derive_from_rank(result.numbers, result.data);
      derive_from_gains(result.numbers);
    } catch (const json::exception& error) {
      throw UserError(result.file.string() + " lacks a field (" + error.what() +
                      "); run its stage again");
    }
  }
}

void derive_over_results(Numbers& numbers, const std::vector<StageResult>& results) {
  std::vector<std::string> arms;
  for (const auto& result : results)
    if (result.arm != kMainArm && std::find(arms.begin(), arms.end(), result.arm) == arms.end())
      arms.push_back(result.arm);
  for (const auto& arm : arms) add_loss_difference(numbers, results, arm);
  add_seeds_spearman(numbers, results);
}

Numbers corpus_numbers(const json& tokens) {
  Numbers numbers;
  for (const auto& [name, field, unit] : {std::tuple{"bytes", "corpus_bytes", "bytes"},
                                          {"used_bytes", "used_bytes", "bytes"},
                                          {"train_tokens", "train_tokens", "tokens"},
                                          {"validation_tokens", "validation_tokens", "tokens"},
                                          {"bytes_per_token", "bytes_per_token", "bytes/token"}})
    add_new(numbers, std::string("corpus.") + name, plain(tokens.at(field), unit));
  return numbers;
}

}  // namespace rc
