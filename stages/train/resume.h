// A training's state on its way, so that one that was stopped goes on and not from the start.
#pragma once

#include <chrono>

#include "model/trainer.h"
#include "pipeline/stage/stage.h"
#include "stages/train/record.h"

namespace rc {

class Resume {
 public:
  /// Signals that ask the stage to end are noted from here on.
  Resume(Context& context, Trainer& trainer);

  /// The step that a stopped run of the same settings, inputs and code had reached, 0 if none had:
  /// model, optimizers and `record` are then as they were after it, and the checkpoints it kept
  /// are this run's. From there on every number is the one it would have been.
  long take_up(Record& record);

  /// Saves what there is after `step` steps where train.save_seconds have gone by, or longer where
  /// saving takes more than a hundredth of that. Throws Interrupted after a signal, once it saved.
  void after(long step, const Record& record);

 private:
  using Clock = std::chrono::steady_clock;
  void save(long step, const Record& record);

  Context& context_;
  Trainer& trainer_;
  std::chrono::duration<double> interval_;
  Clock::time_point next_;
};

}  // namespace rc
