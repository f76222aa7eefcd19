#include "stages/train/record.h"

#include <cmath>
#include <numeric>

#include "model/ngram.h"
#include "pipeline/statistics/statistics.h"

namespace rc {
namespace {

Number final_loss(const Record& record) {
  const auto sequences = final_sequences(record);
  auto interval = t_interval(sequences);
  interval.method = kOverSequences;
  return {mean(sequences), "nats/token", 1, interval};
}

nlohmann::json shape(const ModelConfig& c) {
  return {{"layers", c.layers},     {"d_model", c.d_model}, {"heads", c.heads},
          {"kv_heads", c.kv_heads}, {"d_k", c.d_k},         {"d_v", c.d_v},
          {"d_ff", c.d_ff},         {"context", c.context}, {"vocabulary", c.vocabulary}};
}

}  // namespace

std::vector<double> final_sequences(const Record& record) {
  std::vector<double> means(record.final_losses.front().size());
  for (const auto& losses : record.final_losses)
    for (std::size_t i = 0; i < means.size(); ++i)
      means[i] += losses[i] / static_cast<double>(record.final_losses.size());
  return means;
}

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

Number gain_decay_line(double learning_rate, double decay, long steps) {
  return {std::pow(1 - learning_rate * decay, steps), "ratio", 1, {}};
}

nlohmann::json floors(const Tokens& corpus, const Batch& windows) {
  const auto loss = ngram_loss(corpus.train, windows, corpus.vocabulary);
  return {{"uniform", std::log(static_cast<double>(corpus.vocabulary))},
          {"unigram", loss.unigram},
          {"bigram", loss.bigram}};
}

nlohmann::json to_json(const Record& record, const ModelConfig& config, long tokens) {
  std::vector<long> steps(record.losses.size());
  std::iota(steps.begin(), steps.end(), 1);
  return {{"numbers", to_json(training_numbers(record, config, tokens))},
          {"curve", {{"step", steps}, {"train_loss", record.losses}}},
          {"validation", {{"step", record.validation_steps}, {"loss", record.validation_losses}}},
          {"final_sequences", final_sequences(record)},
          {"model", shape(config)}};
}

}  // namespace rc
