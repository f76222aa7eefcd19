// Pieces of work that a thread takes alone: the one place where a stage runs on several threads.
//
// LibTorch itself has one thread (prepare_cpu). No sum is then cut by how many threads there are: a
// piece is computed in one order, whoever takes it, and what pieces leave is put together in
// theirs. One thread a piece also beats all threads inside every operation: these models make
// thousands of small operations a step, and threads that meet after each of them wait more than
// they work.
#pragma once

#include <functional>

#include "kernels/torch.h"

namespace rc {

/// Threads that share pieces out among them, 1 until they are set (prepare_cpu).
int worker_threads();
void set_worker_threads(int threads);

/// Calls `body(i)` once for each i of [0, count). On a CPU threads take pieces in order, each the
/// next one when it is done; elsewhere, and inside another piece, pieces follow each other. All are
/// tried; then what the first of those that failed threw is thrown again. Autograd's modes belong
/// to a thread: a body that wants no gradients says so.
void for_pieces(std::int64_t count, torch::Device device,
                const std::function<void(std::int64_t piece)>& body);

/// Computes a piece; what it returns puts the piece's results together with those before.
using FoldedPiece = std::function<std::function<void()>(std::int64_t piece)>;

/// As for_pieces(), and the folds run one at a time in the order of the pieces: sums come out the
/// same for any number of threads. A thread begins no other piece before its own is folded, so that
/// as many pieces' results are held as there are threads, however many pieces there are. At most
/// `side_by_side` threads take part: where a piece's memory is what is short.
void fold_pieces(std::int64_t count, torch::Device device, int side_by_side,
                 const FoldedPiece& body);

/// Rows [first, first + count).
struct Stretch {
  std::int64_t first, count;
};

/// Stretch `which` of rows [0, rows) cut into `microbatches` even ones.
Stretch microbatch(std::int64_t rows, std::int64_t microbatches, std::int64_t which);

/// Called with the microbatch's number, its first row and how many rows it has.
using MicrobatchBody =
    std::function<void(std::int64_t microbatch, std::int64_t first, std::int64_t count)>;

/// `body` for each of the microbatches of rows [0, rows). A piece's activations stay in the cache.
void for_microbatches(std::int64_t rows, std::int64_t microbatches, torch::Device device,
                      const MicrobatchBody& body);

}  // namespace rc
