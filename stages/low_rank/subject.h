// The model whose keys are projected, and the text for it.
#pragma once

#include "model/batches.h"
#include "model/key_model.h"
#include "pipeline/stage/stage.h"

namespace rc {

struct Subject {
  KeyModelPtr model;
  Calibration calibration;  // that maps are fitted on
  Batch validation;         // that they are measured on
  long curve_sequences;     // of it, for points that no claim reads
};

/// Whether it is a checkpoint that stage audit-model read.
bool is_audited(const Context& context);

/// As it was at the last step of its training; or where stage audit-model is among the inputs the
/// checkpoint it read, on as many sequences as its time allows.
Subject subject_of(const Context& context);

}  // namespace rc
