// A batch cut into pieces that a thread works through alone.
//
// One thread a piece beats all threads inside every operation: these models make thousands of small
// operations a step, and threads that meet after each of them wait more than they work. Activations
// of a piece also stay in the cache.
#pragma once

#include <torch/torch.h>

#include <functional>

namespace rc {

/// Called with the microbatch's number, its first row and how many rows it has.
using MicrobatchBody =
    std::function<void(std::int64_t microbatch, std::int64_t first, std::int64_t count)>;

/// Cuts rows [0, rows) into `microbatches` even stretches and calls `body` once for each. On a CPU
/// the threads take microbatches of their own, and what the body does then runs on one thread; a
/// single microbatch has all threads to itself. Elsewhere microbatches follow each other. The cut
/// does not depend on the number of threads. Autograd's modes belong to a thread: a body that wants
/// no gradients says so.
void for_microbatches(std::int64_t rows, std::int64_t microbatches, torch::Device device,
                      const MicrobatchBody& body);

/// Whether every thread finds a row of its own. Fewer rows are better left in one microbatch, whose
/// operations share the threads.
bool busy_all_threads(std::int64_t rows);

}  // namespace rc
