// A batch cut into pieces that a thread works through alone.
//
// One thread a piece beats all threads inside every operation: these models make thousands of small
// operations a step, and threads that meet after each of them wait more than they work. Activations
// of a piece also stay in the cache.
#pragma once

#include <torch/torch.h>

#include <functional>

namespace rc {

/// Called with the shard's number, its first row and how many rows it has.
using ShardBody = std::function<void(std::int64_t shard, std::int64_t first, std::int64_t count)>;

/// Cuts rows [0, rows) into `shards` even stretches and calls `body` once for each. On a CPU the
/// threads take shards of their own, and what the body does then runs on one thread; a single shard
/// has all threads to itself. Elsewhere shards follow each other. The cut does not depend on the
/// number of threads. Autograd's modes belong to a thread: a body that wants no gradients says so.
void for_shards(std::int64_t rows, std::int64_t shards, torch::Device device,
                const ShardBody& body);

/// Whether every thread finds a row of its own. Fewer rows are better left in one shard, whose
/// operations share the threads.
bool busy_all_threads(std::int64_t rows);

}  // namespace rc
