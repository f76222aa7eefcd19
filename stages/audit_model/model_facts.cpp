#include "stages/audit_model/model_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "pipeline/text.h"

namespace rc {

long context_of(const ForeignConfig& config, long wanted) {
  long context = std::min(wanted, config.context);
  for (const auto& layer : config.layers)
    if (layer.window > 0) context = std::min(context, layer.window);
  return context;
}

double seconds_per_sequence(const KeyModel& model, const Batch& batch) {
  const auto start = std::chrono::steady_clock::now();
  sequence_losses(model, model.saved().weights, batch);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return taken.count() / static_cast<double>(batch.ids.size(0));
}

std::map<std::string, long> evaluations_within(double minutes, double seconds) {
  std::map<std::string, long> evaluations;
  for (const auto& [stage, part] : {std::pair{"ablate", 0.6}, {"low-rank", 0.25}})
    evaluations[stage] = std::max(1L, static_cast<long>(part * minutes * 60 / seconds));
  return evaluations;
}

Numbers shape_numbers(const ForeignConfig& c, long context) {
  Numbers numbers;
  for (const auto& [name, value, unit] :
       {std::tuple{"layers", static_cast<long>(c.layers.size()), "layers"},
        {"d_model", c.d_model, "floats"},
        {"heads", c.heads, "heads"},
        {"kv_heads", c.kv_heads, "heads"},
        {"d_k", c.d_k, "floats"},
        {"d_ff", c.d_ff, "floats"},
        {"context", context, "tokens"},
        {"vocabulary", c.vocabulary, "pieces"}})
    numbers[std::string("model.") + name] = {static_cast<double>(value), unit, 1, {}};
  return numbers;
}

std::string facts_text(const ForeignConfig& config, long context, double minutes, double seconds) {
  const auto evaluations = evaluations_within(minutes, seconds);
  return wrap("", summary(config), 2) +
         fmt::format(
             "\n{:.2g} s for a sequence of {} tokens: {} min buy {} in ablate and {} in low-rank\n",
             seconds, context, minutes, evaluations.at("ablate"), evaluations.at("low-rank"));
}

}  // namespace rc
