// Keys, queries and gains of a checkpoint on fixed sequences, as stage snapshot keeps those of a
// model trained here.
#pragma once

#include "model/foreign/foreign_key_model.h"
#include "model/tensors.h"

namespace rc {

/// Sequences of at most `wanted` that the record keeps within a gigabyte; two at least, as
/// intervals are over them.
long record_sequences(const ForeignConfig& config, long context, long wanted);

/// Of ids [B, T]: model/snapshot_tensors.h says what, and besides rope_angles [layers, d_k / 2],
/// radians a token. `saved` is the same model as surgery sees it (KeyModel::saved). A layer at a
/// time runs; random projections are as many as give five key heads or more.
NamedTensors key_record(const ForeignModel& model, const SavedModel& saved,
                        const torch::Tensor& ids, const std::function<void(long)>& done);

}  // namespace rc
