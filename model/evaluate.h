// What a model makes of fixed sequences, without gradients: losses, queries and keys.
#pragma once

#include <functional>
#include <vector>

#include "model/batches.h"
#include "model/transformer.h"

namespace rc {

/// Told how many sequences are done, by one thread at a time.
using SequencesDone = std::function<void(long done)>;

/// Loss of every token in nats, [B, T] float32 on the CPU. One sequence goes through at a time, on
/// a thread of its own; on a GPU `chunk` of them.
torch::Tensor evaluate_tokens(const Transformer& model, const Batch& batch, long chunk,
                              const SequencesDone& done = {});

/// Mean loss of each sequence in nats a token.
std::vector<double> evaluate_sequences(const Transformer& model, const Batch& batch, long chunk,
                                       const SequencesDone& done = {});

/// Queries, keys and stream of ids [B, T]. One sequence goes through at a time, on a thread of its
/// own; on a GPU all of them.
Taps tap_sequences(const Transformer& model, const torch::Tensor& ids);

}  // namespace rc
