#include "paper/collect/derive.h"

#include <fmt/format.h>

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
  for (const auto& [floor, loss] : data.at("floor").items())
    add_new(numbers, "floor." + floor, plain(loss, "nats/token"));
  add_new(numbers, "sequences.loss",
          plain(static_cast<double>(data.at("final_sequences").size()), "sequences"));
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

/// Final key gains of the main arm, [seeds][layers][d_k].
std::vector<std::vector<std::vector<double>>> final_gains(const std::vector<StageResult>& results) {
  std::vector<std::vector<std::vector<double>>> gains;
  for (const auto& result : results)
    if (result.arm == kMainArm && result.data.contains("gains_k"))
      gains.push_back(result.data.at("gains_k").back());
  return gains;
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

void derive_over_seeds(Numbers& numbers, const std::vector<StageResult>& results) {
  const auto gains = final_gains(results);
  std::vector<double> correlations;
  for (std::size_t a = 0; a < gains.size(); ++a)
    for (std::size_t b = a + 1; b < gains.size(); ++b)
      for (std::size_t layer = 0; layer < gains[a].size(); ++layer)
        if (!is_constant(gains[a][layer]) && !is_constant(gains[b].at(layer)))
          correlations.push_back(spearman(gains[a][layer], gains[b][layer]));
  if (correlations.empty()) return;
  add_new(numbers, "gains.seeds_spearman",
          {mean(correlations), "correlation", static_cast<int>(gains.size()), {}});
}

Numbers corpus_numbers(const json& tokens) {
  Numbers numbers;
  for (const auto& [name, field, unit] : {std::tuple{"bytes", "corpus_bytes", "bytes"},
                                          {"used_bytes", "used_bytes", "bytes"},
                                          {"train_tokens", "train_tokens", "tokens"},
                                          {"validation_tokens", "validation_tokens", "tokens"},
                                          {"bytes_per_token", "bytes_per_token", "bytes/token"}})
    if (tokens.contains(field))
      add_new(numbers, std::string("corpus.") + name, plain(tokens.at(field), unit));
  return numbers;
}

}  // namespace rc
