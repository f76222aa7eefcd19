#include "model/microbatches.h"

#include <ATen/Parallel.h>

namespace rc {

void for_microbatches(std::int64_t rows, std::int64_t microbatches, torch::Device device,
                      const MicrobatchBody& body) {
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    for (auto s = begin; s < end; ++s) {
      const auto first = rows * s / microbatches;
      body(s, first, rows * (s + 1) / microbatches - first);
    }
  };
  if (device.is_cpu())
    at::parallel_for(0, microbatches, 1, run);
  else
    run(0, microbatches);
}

bool busy_all_threads(std::int64_t rows) { return rows >= at::get_num_threads(); }

}  // namespace rc
