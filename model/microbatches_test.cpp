#include "model/microbatches.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace rc {
namespace {

/// Sets the workers for one test.
class Workers {
 public:
  explicit Workers(int threads) : before_(worker_threads()) { set_worker_threads(threads); }
  ~Workers() { set_worker_threads(before_); }

 private:
  int before_;
};

TEST(Pieces, AreTakenByAsManyThreadsAsThereAreWorkers) {
  using Clock = std::chrono::steady_clock;
  const Workers three(3);
  std::atomic<int> there = 0;
  const auto wait_for_all = [&](std::int64_t) {
    ++there;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (there < 3 && Clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(there, 3);
  };
  for_pieces(3, torch::kCPU, wait_for_all);
}

TEST(Pieces, FollowEachOtherInsideAPiece) {
  const Workers three(3);
  std::atomic<int> calls = 0;
  for_pieces(3, torch::kCPU, [&](std::int64_t) {
    const auto thread = std::this_thread::get_id();
    for_pieces(3, torch::kCPU, [&](std::int64_t) {
      EXPECT_EQ(std::this_thread::get_id(), thread);
      ++calls;
    });
  });
  EXPECT_EQ(calls, 9);
}

TEST(Pieces, PassOnWhatTheFirstOfThemThrows) {
  const Workers three(3);
  const auto fail = [](std::int64_t piece) {
    if (piece == 0) return;
    // The later a piece, the sooner it fails.
    std::this_thread::sleep_for(std::chrono::milliseconds(6 - piece));
    throw std::runtime_error(std::to_string(piece));
  };
  try {
    for_pieces(6, torch::kCPU, fail);
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "1");
  }
}

TEST(FoldedPieces, AreFoldedInTheirOrderByOneThreadAtATime) {
  const Workers three(3);
  std::vector<std::int64_t> order;
  std::atomic<int> folding = 0;
  fold_pieces(12, torch::kCPU, 3, [&](std::int64_t piece) {
    // Every third is slow: those behind it are ready before.
    std::this_thread::sleep_for(std::chrono::milliseconds(piece % 3 == 0 ? 10 : 0));
    return [&, piece] {
      EXPECT_EQ(++folding, 1);
      order.push_back(piece);
      --folding;
    };
  });
  EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

TEST(FoldedPieces, HoldNoMoreResultsThanThereAreThreads) {
  const Workers two(2);
  std::atomic<int> held = 0, most = 0;
  fold_pieces(12, torch::kCPU, 3, [&](std::int64_t piece) {
    std::this_thread::sleep_for(std::chrono::milliseconds(piece == 0 ? 50 : 1));
    const int now = ++held;
    if (now > most) most = now;
    return [&] { --held; };
  });
  EXPECT_EQ(most, 2);
}

TEST(FoldedPieces, AreTakenByNoMoreThreadsThanMayStandSideBySide) {
  const Workers three(3);
  std::atomic<int> there = 0;
  fold_pieces(6, torch::kCPU, 1, [&](std::int64_t) {
    EXPECT_EQ(++there, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return [&] { --there; };
  });
}

TEST(FoldedPieces, PassOnWhatTheFirstOfThemThrows) {
  const Workers two(2);
  int folded = 0;
  const auto fail = [&](std::int64_t piece) -> std::function<void()> {
    if (piece == 4) throw std::runtime_error("computed");
    return [&, piece] {
      if (piece == 2) throw std::runtime_error("folded");
      ++folded;
    };
  };
  EXPECT_THROW(
      {
        try {
          fold_pieces(6, torch::kCPU, 2, fail);
        } catch (const std::runtime_error& e) {
          EXPECT_STREQ(e.what(), "folded");
          throw;
        }
      },
      std::runtime_error);
  EXPECT_EQ(folded, 4);
}

TEST(Microbatches, CoverEveryRowOnceInOrder) {
  for (const std::int64_t rows : {1, 5, 16}) {
    std::vector<std::int64_t> starts(4), counts(4);
    for_microbatches(rows, 4, torch::kCPU,
                     [&](std::int64_t s, std::int64_t first, std::int64_t count) {
                       starts.at(s) = first, counts.at(s) = count;
                     });
    std::int64_t next = 0;
    for (std::size_t s = 0; s < starts.size(); ++s) {
      EXPECT_EQ(starts[s], next) << rows << " rows, microbatch " << s;
      next += counts[s];
    }
    EXPECT_EQ(next, rows);
  }
}

}  // namespace
}  // namespace rc
