// The answer that kernels are held against.
#pragma once

#include "bench/task.h"

namespace rc {

/// Attention as the formula says it, every step in `precision` on the CPU and every key repeated
/// for the heads that share it: clear and slow. [as the task's output] In kFloat64 it is the truth;
/// in kFloat32 it shows which error the formula itself has.
at::Tensor reference_attention(const AttentionTask& task, const AttentionInputs& inputs,
                               at::ScalarType precision);

}  // namespace rc
