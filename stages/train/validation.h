// Losses on sequences that are not trained on, over a training.
#pragma once

#include "model/batches.h"
#include "model/evaluate.h"
#include "model/transformer.h"
#include "stages/train/record.h"

namespace rc {

/// Sequences that all validations of a run share. The final losses, which claims read, are taken
/// over all of them; the curve over training over a few, the same at every step.
class Validation {
 public:
  /// `of_curve` sequences, or all where there are no more; on a GPU `chunk` go through at a time.
  Validation(const Batch& sequences, long of_curve, long chunk);

  /// How many a validation takes, a final one or another.
  long sequences(bool is_final) const;

  /// Adds to the curve, and to the final losses where `is_final`, what `model` makes of them after
  /// `step`; `done` is told of each. UserError if a loss is not finite.
  void add(const Transformer& model, long step, bool is_final, Record& record,
           const SequencesDone& done = {}) const;

 private:
  Batch all_, few_;
  std::vector<long> rows_of_few_;
  long chunk_;
};

}  // namespace rc
