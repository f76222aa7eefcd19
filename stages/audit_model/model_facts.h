// What is to be known of a checkpoint before it is operated on: model.json.
#pragma once

#include <nlohmann/json.hpp>

#include "model/foreign/audited_model.h"
#include "pipeline/statistics/numbers.h"

namespace rc {

/// Tokens a sequence: `wanted`, or what the model's context and its shortest window allow.
long context_of(const ForeignConfig& config, long wanted);

/// Seconds a sequence takes on this machine, where as many run side by side as there are threads.
double seconds_per_sequence(const KeyModel& model, const Batch& batch);

/// By stage, how many sequences it may send through the model: of `minutes` stage ablate gets six
/// tenths and low-rank a quarter. The rest is for what does not run it.
std::map<std::string, long> evaluations_within(double minutes, double seconds);

/// model.layers, d_model, heads, kv_heads, d_k, d_ff, context and vocabulary.
Numbers shape_numbers(const ForeignConfig& config, long context);

/// Lines of at most 80 columns: the model, and what its time buys.
std::string facts_text(const ForeignConfig& config, long context, double minutes, double seconds);

}  // namespace rc
