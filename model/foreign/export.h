// A model trained here as a checkpoint that others load, in Qwen3's shape.
#pragma once

#include <filesystem>

#include "model/weights.h"

namespace rc {

/// Writes config.json and model.safetensors (float32) into `folder`. What differs is moved into the
/// weights: the factor sqrt(d_model) into an embedding that is no longer tied with the output, the
/// factor of a logit width into the gain of the queries, rotary pairs into halves; values narrower
/// than keys are padded with zeros. UserError says why where the model has no such shape: without
/// SwiGLU or QK-norm, its rotary frequencies in another order or some of them cut out, or values
/// wider than keys.
void export_qwen3(const std::filesystem::path& folder, const SavedModel& model);

/// x [..., d_k] from our order of dimensions, pair i at (2i, 2i + 1), to that of such checkpoints,
/// (i, i + d_k / 2).
torch::Tensor halves_from_pairs(const torch::Tensor& x);

}  // namespace rc
