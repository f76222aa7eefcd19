// The loss of a model on fixed sequences, without gradients.
#pragma once

#include <vector>

#include "model/batches.h"
#include "model/transformer.h"

namespace rc {

/// Loss of every token in nats, [B, T] float32 on the CPU. `chunk` sequences go through at a time,
/// or one a thread where a CPU's threads find one each.
torch::Tensor evaluate_tokens(const Transformer& model, const Batch& batch, long chunk);

/// Mean loss of each sequence in nats a token.
std::vector<double> evaluate_sequences(const Transformer& model, const Batch& batch, long chunk);

}  // namespace rc
