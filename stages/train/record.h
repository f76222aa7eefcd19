// What train.json tells of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "model/batches.h"
#include "model/config.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

struct Record {
  std::vector<double> losses;        // nats/token, of steps 1, 2, ...
  std::vector<double> step_seconds;  // data, gradient and update; no validation
  std::vector<long> validation_steps;
  std::vector<double> validation_losses;
  /// Of the last regular checkpoints, [checkpoint][sequence]: each validation sequence's loss.
  std::vector<std::vector<double>> final_losses;
};

/// Validation loss of each sequence, mean over the last regular checkpoints.
std::vector<double> final_sequences(const Record& record);

/// Median over the steps so far, of steps of `tokens` tokens.
double tokens_per_second(const Record& record, long tokens);

/// "loss" (mean of final_sequences, t interval over them) and train.*; `tokens` a step.
Numbers training_numbers(const Record& record, const ModelConfig& config, long tokens);

/// What can be had without a model, in nats a label of `windows`: "uniform" (ln vocabulary),
/// "unigram" and "bigram" (model/ngram.h).
nlohmann::json floors(const Tokens& corpus, const Batch& windows);

/// "train.gain_decay_line": what decay alone leaves of a gain of QK-norm after `steps` steps, the
/// learning rate of AdamW times `decay` less at each.
Number gain_decay_line(double learning_rate, double decay, long steps);

/// Of train.json what the record tells.
nlohmann::json to_json(const Record& record, const ModelConfig& config, long tokens);

}  // namespace rc
