#include "stages/train/validation.h"

#include "model/evaluate.h"
#include "model/trainer.h"
#include "pipeline/statistics/statistics.h"

namespace rc {

Validation::Validation(const Batch& sequences, long of_curve, long chunk)
    : all_(sequences), rows_of_few_(evenly_spread(sequences.ids.size(0), of_curve)), chunk_(chunk) {
  few_ = rows_of(all_, rows_of_few_);
}

long Validation::sequences(bool is_final) const { return (is_final ? all_ : few_).ids.size(0); }

void Validation::add(const Transformer& model, long step, bool is_final, Record& record,
                     const SequencesDone& done) const {
  const auto losses = evaluate_sequences(model, is_final ? all_ : few_, chunk_, done);
  require_finite("validation loss", mean(losses), step);
  auto few = losses;
  if (is_final) {
    few.clear();
    for (const long row : rows_of_few_) few.push_back(losses[static_cast<std::size_t>(row)]);
    record.final_losses.push_back(losses);
  }
  record.validation_steps.push_back(step);
  record.validation_losses.push_back(mean(few));
}

}  // namespace rc
