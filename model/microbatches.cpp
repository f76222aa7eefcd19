#include "model/microbatches.h"

#include <algorithm>
#include <exception>

namespace rc {
namespace {

int workers = 1;

}  // namespace

int worker_threads() { return workers; }

void set_worker_threads(int threads) { workers = std::max(1, threads); }

void for_pieces(std::int64_t count, torch::Device device,
                const std::function<void(std::int64_t)>& body) {
  const auto most = device.is_cpu() ? worker_threads() : 1;
  const int threads = static_cast<int>(std::clamp<std::int64_t>(count, 1, most));
  auto failed = count;
  std::exception_ptr error;
  // Nothing may leave the loop of a team by an exception. Pieces are uneven: hence dynamic.
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (std::int64_t piece = 0; piece < count; ++piece) {
    try {
      body(piece);
    } catch (...) {
#pragma omp critical(rc_failed_piece)
      if (piece < failed) {
        failed = piece;
        error = std::current_exception();
      }
    }
  }
  if (error) std::rethrow_exception(error);
}

void for_microbatches(std::int64_t rows, std::int64_t microbatches, torch::Device device,
                      const MicrobatchBody& body) {
  for_pieces(microbatches, device, [&](std::int64_t s) {
    const auto first = rows * s / microbatches;
    body(s, first, rows * (s + 1) / microbatches - first);
  });
}

}  // namespace rc
