// Rows cut into slices for threads, and each slice into blocks that stay in the cache.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/torch.h"

namespace rc::fused {

/// Threads that an operation may use: one where its caller already runs on all of them.
inline std::int64_t free_threads() { return at::in_parallel_region() ? 1 : at::get_num_threads(); }

/// Calls `body(begin, count)` for blocks of at most `block` rows of [0, rows), without autograd;
/// blocks of one slice follow each other on one thread. What adds blocks up takes one slice: sums
/// must not depend on the number of threads.
template <typename Body>
void for_blocks(std::int64_t rows, std::int64_t slices, std::int64_t block, const Body& body) {
  at::parallel_for(0, slices, 1, [&](std::int64_t first, std::int64_t last) {
    const torch::NoGradGuard no_grad;  // the mode belongs to the thread
    for (auto slice = first; slice < last; ++slice) {
      const auto end = rows * (slice + 1) / slices;
      for (auto begin = rows * slice / slices; begin < end; begin += block)
        body(begin, std::min(block, end - begin));
    }
  });
}

}  // namespace rc::fused
