// Sequences of tokens: random ones to train on, fixed ones to measure with.
#pragma once

#include <filesystem>

#include "kernels/torch.h"

namespace rc {

/// The ids that tokenize wrote.
struct Tokens {
  torch::Tensor train;       // [N] int32
  torch::Tensor validation;  // [M] int32
  long vocabulary = 0;
};

Tokens load_tokens(const std::filesystem::path& file);

/// Sequences and, for each token, the label to predict. Both [B, T] int64.
struct Batch {
  torch::Tensor ids;
  torch::Tensor labels;
};

/// `batch` windows of `context` tokens of `tokens`, drawn for this step: the same for a seed and a
/// step whatever the arm. `copy`: labels are the inputs, not the tokens that follow.
Batch random_batch(const torch::Tensor& tokens, std::uint64_t seed, long step, long batch,
                   long context, bool copy);

/// `count` windows from all over `tokens`, none overlapping. UserError if there is too little text;
/// `setting` is the one that asked for so many.
Batch fixed_batch(const torch::Tensor& tokens, long count, long context, bool copy,
                  const char* setting);

}  // namespace rc
