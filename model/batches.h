// Sequences of tokens: random ones to train on, fixed ones to measure with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "kernels/torch.h"

namespace rc {

/// Ids, and where the blocks of unbroken text begin: what stands on both sides of a join has
/// nothing to do with each other, so no sequence crosses one.
struct Text {
  /// Without `firsts` the text is one block.
  Text(torch::Tensor all, std::vector<std::int64_t> firsts = {0})
      : ids(std::move(all)), blocks(std::move(firsts)) {}

  struct Block {
    std::int64_t first, size;
  };
  Block block(std::size_t i) const {
    const auto end = i + 1 < blocks.size() ? blocks[i + 1] : ids.size(0);
    return {blocks[i], end - blocks[i]};
  }

  torch::Tensor ids;                 // [N] int32
  std::vector<std::int64_t> blocks;  // first token of each, ascending from 0
};

/// What tokenize wrote.
struct Tokens {
  Text train;
  Text validation;
  long vocabulary = 0;
};

/// UserError as of read_token_file().
Tokens load_tokens(const std::filesystem::path& file);

/// Sequences and, for each token, the label to predict. Both [B, T] int64.
struct Batch {
  torch::Tensor ids;
  torch::Tensor labels;
};

/// `batch` windows of `context` tokens and a label behind the last, drawn for this step from all
/// that lie within a block: the same for a seed and a step whatever the arm. `copy`: labels are the
/// inputs, not the tokens that follow. UserError where no block is as long.
Batch random_batch(const Text& text, std::uint64_t seed, long step, long batch, long context,
                   bool copy);

/// `count` windows from all over the text, none overlapping and each within a block. UserError if
/// there are not so many; `setting` is the one that asked for them.
Batch fixed_batch(const Text& text, long count, long context, bool copy, const char* setting);

/// `count` numbers below `all`, or all of them if there are no more: the middles of equal
/// stretches.
std::vector<long> evenly_spread(long all, long count);

/// These sequences of the batch, in this order.
Batch rows_of(const Batch& batch, const std::vector<long>& rows);

}  // namespace rc
