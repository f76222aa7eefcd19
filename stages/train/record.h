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
  std::vector<double> final_sequences;  // validation loss of each sequence at the end
};

/// Median over the steps so far, of steps of `tokens` tokens.
double tokens_per_second(const Record& record, long tokens);

/// "loss" (final validation, bootstrap over sequences) and train.*; `tokens` a step.
Numbers training_numbers(const Record& record, const ModelConfig& config, long tokens);

/// The whole of train.json but for stage, arm and seed.
nlohmann::json to_json(const Record& record, const ModelConfig& config, long tokens,
                       const Tokens& corpus);

}  // namespace rc
