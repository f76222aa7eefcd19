#include "stages/train/record.h"

#include <numeric>
#include <span>

#include "model/ngram.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

constexpr int kBootstrap = 1000;

Number final_loss(const Record& record) {
  const auto& x = record.final_sequences;
  auto interval = bootstrap(x.size(), kBootstrap, 0, [&](std::span<const std::size_t> index) {
    double sum = 0;
    for (const auto i : index) sum += x[i];
    return sum / static_cast<double>(index.size());
  });
  interval.method = "bootstrap over sequences";
  return {record.validation_losses.back(), "nats/token", 1, interval};
}

nlohmann::json floors(const Tokens& corpus) {
  const auto ids = [](const torch::Tensor& t) {
    return std::span<const std::int32_t>(t.data_ptr<int>(), static_cast<std::size_t>(t.numel()));
  };
  const auto loss = ngram_loss(ids(corpus.train), ids(corpus.validation), corpus.vocabulary);
  return {{"unigram", loss.unigram}, {"bigram", loss.bigram}};
}

nlohmann::json shape(const ModelConfig& c) {
  return {{"layers", c.layers},     {"d_model", c.d_model}, {"heads", c.heads},
          {"kv_heads", c.kv_heads}, {"d_k", c.d_k},         {"d_v", c.d_v},
          {"d_ff", c.d_ff},         {"context", c.context}, {"vocabulary", c.vocabulary}};
}

}  // namespace

double tokens_per_second(const Record& record, long tokens) {
  return static_cast<double>(tokens) / median(record.step_seconds);
}

Numbers training_numbers(const Record& record, const ModelConfig& config, long tokens) {
  const auto& seconds = record.step_seconds;
  const auto steps = static_cast<double>(record.losses.size());
  const auto plain = [](double value, const char* unit) { return Number{value, unit, 1, {}}; };
  return {
      {"loss", final_loss(record)},
      {"train.initial_loss", plain(record.validation_losses.front(), "nats/token")},
      {"train.tokens_per_second", plain(tokens_per_second(record, tokens), "tokens/s")},
      {"train.seconds", plain(std::accumulate(seconds.begin(), seconds.end(), 0.0), "s")},
      {"train.parameters", plain(static_cast<double>(config.parameters()), "parameters")},
      {"train.kv_floats", plain(static_cast<double>(config.kv_floats()), "floats/token/layer")},
      {"train.steps", plain(steps, "steps")},
      {"train.tokens", plain(static_cast<double>(tokens) * steps, "tokens")},
  };
}

nlohmann::json to_json(const Record& record, const ModelConfig& config, long tokens,
                       const Tokens& corpus) {
  std::vector<long> steps(record.losses.size());
  std::iota(steps.begin(), steps.end(), 1);
  return {{"numbers", to_json(training_numbers(record, config, tokens))},
          {"curve", {{"step", steps}, {"train_loss", record.losses}}},
          {"validation", {{"step", record.validation_steps}, {"loss", record.validation_losses}}},
          {"final_sequences", record.final_sequences},
          {"floor", floors(corpus)},
          {"model", shape(config)}};
}

}  // namespace rc
