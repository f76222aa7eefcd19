// Check, then time: a kernel that answers wrongly has no speed.
#pragma once

#include "bench/rivals.h"

namespace rc {

/// Largest absolute differences from the float64 reference.
struct ErrorCheck {
  double error = 0;  // of the kernel; NaN where it left an element out
  double bound = 0;  // twice that of the plain float32 formula, and at least 1e-6
  bool passed() const { return error <= bound; }  // false for NaN
};

/// Runs the kernel on inputs narrowed to the task's width, twice, into poisoned outputs; the second
/// answer counts, so that a kernel which spoils its inputs is found out.
ErrorCheck check_kernel(const Rival& rival, const AttentionTask& task,
                        const AttentionInputs& inputs);

/// UserError names rival, phase and width unless the check passed.
void require_correct(const Rival& rival, const AttentionTask& task, const ErrorCheck& check);

}  // namespace rc
