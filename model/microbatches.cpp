#include "model/microbatches.h"

#include <algorithm>
#include <exception>

namespace rc {
namespace {

int workers = 1;

/// The first exception of a loop over pieces, by their order: nothing may leave the loop of a team
/// by one, and all pieces are tried.
class FirstFailure {
 public:
  explicit FirstFailure(std::int64_t count) : piece_(count) {}
  /// Does a piece's work, and keeps what it throws.
  template <typename Work>
  void attempt(std::int64_t piece, const Work& work) {
    try {
      work();
    } catch (...) {
      note(piece);
    }
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void note(std::int64_t piece) {
#pragma omp critical(rc_failed_piece)
    if (piece < piece_) {
      piece_ = piece;
      error_ = std::current_exception();
    }
  }

  std::int64_t piece_;
  std::exception_ptr error_;
};

int threads_for(std::int64_t count, torch::Device device) {
  const auto most = device.is_cpu() ? worker_threads() : 1;
  return static_cast<int>(std::clamp<std::int64_t>(count, 1, most));
}

}  // namespace

int worker_threads() { return workers; }

void set_worker_threads(int threads) { workers = std::max(1, threads); }

void for_pieces(std::int64_t count, torch::Device device,
                const std::function<void(std::int64_t)>& body) {
  FirstFailure failure(count);
  // Pieces are uneven: hence dynamic.
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_for(count, device))
  for (std::int64_t piece = 0; piece < count; ++piece) failure.attempt(piece, [&] { body(piece); });
  failure.rethrow();
}

Stretch microbatch(std::int64_t rows, std::int64_t microbatches, std::int64_t which) {
  const auto first = rows * which / microbatches;
  return {first, rows * (which + 1) / microbatches - first};
}

void fold_pieces(std::int64_t count, torch::Device device, int side_by_side,
                 const FoldedPiece& body) {
  FirstFailure failure(count);
  const int threads = std::min(side_by_side, threads_for(count, device));
#pragma omp parallel for ordered schedule(dynamic, 1) num_threads(threads)
  for (std::int64_t piece = 0; piece < count; ++piece) {
    std::function<void()> fold;
    failure.attempt(piece, [&] { fold = body(piece); });
#pragma omp ordered
    failure.attempt(piece, [&] {
      if (fold) fold();
    });
  }
  failure.rethrow();
}

void for_microbatches(std::int64_t rows, std::int64_t microbatches, torch::Device device,
                      const MicrobatchBody& body) {
  for_pieces(microbatches, device, [&](std::int64_t s) {
    const auto [first, count] = microbatch(rows, microbatches, s);
    body(s, first, count);
  });
}

}  // namespace rc
