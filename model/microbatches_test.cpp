#include "model/microbatches.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

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

TEST(Microbatches, PassOnWhatABodyThrows) {
  EXPECT_THROW(for_microbatches(4, 4, torch::kCPU,
                                [](std::int64_t, std::int64_t, std::int64_t) {
                                  throw std::runtime_error("from a thread");
                                }),
               std::runtime_error);
}

}  // namespace
}  // namespace rc
